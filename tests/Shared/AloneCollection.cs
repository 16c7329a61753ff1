using Xunit;

namespace Zapping.Training.Tests.Shared;

/// <summary>
/// Tests of what all threads share (the global generator, the number of live tensors, memory, the console, switches): while one of them
/// runs, no other test does. <see cref="AloneTests"/> finds those that belong here.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "alone";
}
