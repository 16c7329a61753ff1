namespace Zapping.Training.Safetensors;

/// <summary>What <see cref="StateDict"/> found when it loaded a module.</summary>
/// <param name="Loaded">Names in the module of what has been written.</param>
/// <param name="Missing">Names in the module that the file has not; they were left as they were.</param>
/// <param name="Unexpected">Names in the file that the module has not.</param>
public sealed record StateDictReport(
    IReadOnlyList<string> Loaded, IReadOnlyList<string> Missing, IReadOnlyList<string> Unexpected);
