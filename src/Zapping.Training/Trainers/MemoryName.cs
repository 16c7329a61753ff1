using Zapping.Training.Steps;

namespace Zapping.Training;

/// <summary>What is kept beside a model, each by a name of its own, which is part of a file's name.</summary>
internal static class MemoryName
{
    /// <summary>Adds a memory, unless it is among them.</summary>
    /// <exception cref="ArgumentException">Its name is none, or taken by another one.</exception>
    public static void AddTo(List<ITrainingMemory> memories, ITrainingMemory memory)
    {
        if (memories.Contains(memory))
        {
            return;
        }

        var name = memory.Name;
        if (string.IsNullOrEmpty(name) || !name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_'))
        {
            throw new ArgumentException($"'{name}' cannot name a memory of {memory.GetType().Name}: it is part of a file's name, so of letters, digits, '-' and '_'.", nameof(memory));
        }

        if (memories.Exists(other => string.Equals(other.Name, name, StringComparison.OrdinalIgnoreCase)))
        {
            throw new ArgumentException($"There is a memory named '{name}' already; give each a name of its own.", nameof(memory));
        }

        memories.Add(memory);
    }
}
