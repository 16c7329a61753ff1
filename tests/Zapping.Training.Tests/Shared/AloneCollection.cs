using Xunit;

namespace Zapping.Training.Tests.Shared;

/// <summary>Tests that look at what all threads share: the global generator, the number of live tensors, memory.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "alone";
}
