using FluentAssertions;
using TorchSharp;
using Xunit;
using Zapping.Continual.Learners;
using Zapping.Continual.Learners.Joint;
using Zapping.Continual.Learners.Replay;
using Zapping.Continual.Learners.Sequential;
using Zapping.Continual.Memory;
using Zapping.Continual.Tasks;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;

namespace Zapping.Continual.Tests.Learners;

/// <summary>Each method on drawn characters, five tasks of two, beside the lower bound.</summary>
[Collection(AloneCollection.Name)]
public sealed class BehaviorTests
{
    private static double? _lower;

    [Fact]
    public void Joint_training_is_far_above_sequential_fine_tuning()
    {
        using var scope = NewDisposeScope();
        Run(LearnerCases.Joint).Last.Should().BeGreaterThan(Lower() + 0.3);
    }

    [Fact]
    public void Replay_of_four_examples_a_class_is_above_sequential_fine_tuning()
    {
        using var scope = NewDisposeScope();
        var result = Run(LearnerCases.Replay);
        result.Last.Should().BeGreaterThan(Lower() + 0.2);
        result.MemoryBytes[^1].Should().Be((40 * ((14 * 14 * 4) + 8)) + 8, "40 images of 4-byte pixels, their labels, and a count");
    }

    private static double Lower()
    {
        using var scope = NewDisposeScope();
        return _lower ??= Run(LearnerCases.Sequential).Last;
    }

    private static IncrementalResult Run(LearnerCases.Make make)
    {
        var glyphs = new Glyphs();
        using var model = Glyphs.Network();
        using var optimizer = optim.Adam(model.parameters(), 2e-3);
        using var learner = make(model, optimizer, null);
        var result = IncrementalRun.Over(glyphs.Tasks, learner, glyphs.Queries);
        TestContext.Current.TestOutputHelper?.WriteLine($"{learner.GetType().Name}: {result}");
        return result;
    }
}
