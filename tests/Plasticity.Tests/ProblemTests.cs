using FluentAssertions;
using Xunit;
using Zapping.Plasticity;
using Zapping.Plasticity.Problems;
using Zapping.Training;
using Zapping.Training.Optimizers;
using static TorchSharp.torch;

namespace Plasticity.Tests;

public sealed class ProblemTests
{
    [Fact]
    public void A_task_is_a_function_of_seed_and_number_and_keeps_what_the_problem_keeps()
    {
        using var scope = NewDisposeScope();
        using var images = ImageTable.OfGlyphs(50);
        var problem = new RandomLabels(images);
        var (first, again, next, other) = (problem.Task(3, 4), problem.Task(3, 4), problem.Task(3, 5), problem.Task(4, 4));
        Same(first.Inputs, again.Inputs).Should().BeTrue();
        Same(first.Labels, again.Labels).Should().BeTrue();
        Same(first.Inputs, next.Inputs).Should().BeTrue("the images stay");
        Same(first.Labels, next.Labels).Should().BeFalse("the labels do not");
        Same(first.Inputs, other.Inputs).Should().BeFalse();
        first.Labels.shape.Should().Equal(400);
        first.Steps.Should().Be(1000).And.Be(problem.StepsPerTask);
        (first.Labels.min().item<long>(), first.Labels.max().item<long>()).Should().Be((0, 9));
    }

    [Fact]
    public void First_weights_are_those_of_the_seed_within_the_bounds_of_a_layer()
    {
        using var scope = NewDisposeScope();
        using var images = ImageTable.OfGlyphs(2);
        var problem = new RandomLabels(images);
        using var model = problem.CreateModel(1);
        using var again = problem.CreateModel(1);
        using var other = problem.CreateModel(2);
        Same(model.get_parameter("hidden2.weight")!, again.get_parameter("hidden2.weight")!).Should().BeTrue();
        Same(model.get_parameter("hidden2.weight")!, other.get_parameter("hidden2.weight")!).Should().BeFalse();
        model.get_parameter("hidden2.bias")!.abs().max().item<float>().Should().BeInRange(0.09f, 0.1f);
    }

    // The sentence for which the library exists, on the problem that shows it soonest: without a reset a network can soon learn nothing more by heart, and with one it can.
    [Fact]
    public void Plain_training_loses_plasticity_and_resets_of_the_head_beside_L2_Init_do_not()
    {
        using var images = ImageTable.OfGlyphs(50);
        var problem = new RandomLabels(images);
        const int Tasks = 9;
        var plain = Enumerable.Range(0, 2).Select(seed => Last(problem, (ulong)seed, _ => { })).ToList();
        var cured = Enumerable.Range(0, 2).Select(seed => Last(problem, (ulong)seed, trainer => trainer.UseZapping(new(BoundaryKind.TaskBoundary) { SkipFirst = true }, ZapOptions.Recommended with { Head = "head" }))).ToList();
        cured.Min().Should().BeGreaterThan(plain.Max() + 0.2, "plain {0}, cured {1}", string.Join(' ', plain), string.Join(' ', cured));

        static double Last(PlasticityProblem problem, ulong seed, Action<ContinualTrainer> configure) =>
            new PlasticityRun(problem, seed).Go(parameters => new FusedAdam(parameters, problem.AdamRate), configure, Tasks).Tasks[^1].Online;
    }

    private static bool Same(Tensor one, Tensor other) => one.eq(other).all().item<bool>();
}
