using Zapping.Training.Steps;

namespace Zapping.Training;

/// <summary>Names of what is kept beside a model, which are parts of file names.</summary>
internal static class MemoryName
{
    /// <exception cref="ArgumentException">The name of a memory is none, or taken by another one.</exception>
    public static void Ensure(ITrainingMemory memory, IEnumerable<ITrainingMemory> others)
    {
        var name = memory.Name;
        if (string.IsNullOrEmpty(name) || !name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_'))
        {
            throw new ArgumentException($"'{name}' cannot name a memory of {memory.GetType().Name}: it is part of a file's name, so of letters, digits, '-' and '_'.", nameof(memory));
        }

        if (others.Any(other => string.Equals(other.Name, name, StringComparison.OrdinalIgnoreCase)))
        {
            throw new ArgumentException($"There is a memory named '{name}' already; give each a name of its own.", nameof(memory));
        }
    }
}
