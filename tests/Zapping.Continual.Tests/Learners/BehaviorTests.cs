using FluentAssertions;
using Xunit;
using Zapping.Continual.Learners.DarkReplay;
using Zapping.Continual.Learners.Distilling;
using Zapping.Continual.Learners.Features;
using Zapping.Continual.Learners.Regularizing;
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

    [Theory]
    [InlineData(nameof(LearningWithoutForgetting), 0.02)]
    [InlineData(nameof(ElasticWeightConsolidation), 0.02)]
    [InlineData(nameof(DarkExperienceReplay), 0.2)]
    [InlineData(nameof(NearestClassMean), 0.2)]
    [InlineData(nameof(StreamingLda), 0.2)]
    [InlineData(nameof(WeightAlignment), 0.2)]
    public void A_method_is_above_sequential_fine_tuning(string name, double by)
    {
        using var scope = NewDisposeScope();
        Run(LearnerCases.All[name], name == nameof(DarkExperienceReplay) ? 10 : 1).Last.Should().BeGreaterThan(Lower() + by);
    }

    [Fact]
    public void Synaptic_intelligence_forgets_less_than_sequential_fine_tuning()
    {
        // Its last accuracy is about that of sequential fine-tuning, as is known of it where classes are told apart without the task.
        using var scope = NewDisposeScope();
        var (own, lower) = (Run(LearnerCases.All[nameof(SynapticIntelligence)]), Run(LearnerCases.Sequential));
        own.Forgetting.Should().BeLessThan(lower.Forgetting - 0.05);
        own.AverageIncremental.Should().BeGreaterThan(lower.AverageIncremental);
    }

    private static double Lower()
    {
        using var scope = NewDisposeScope();
        return _lower ??= Run(LearnerCases.Sequential).Last;
    }

    private static IncrementalResult Run(LearnerCases.Make make, int units = 1)
    {
        var glyphs = new Glyphs();
        using var model = Glyphs.Network(units);
        using var optimizer = optim.Adam(model.parameters(), 2e-3);
        using var learner = make(model, optimizer, null);
        var result = IncrementalRun.Over(glyphs.Tasks, learner, glyphs.Queries);
        TestContext.Current.TestOutputHelper?.WriteLine($"{learner.GetType().Name}: {result}");
        return result;
    }
}
