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
            new PlasticityRun(problem, seed).Go(parameters => new FusedAdam(parameters, problem.AdamRate), configure, Tasks).Tasks[^1].Online!.Value;
    }

    // w = (1, -1, 1), b = 1, three bits: S = 1.5, tau = 0.7 · 4 - 1.5 = 1.3; x = (1, 0, 1) gives 3, and x = (0, 1, 0) gives 0.
    [Fact]
    public void A_unit_of_the_regression_s_target_fires_above_its_threshold()
    {
        using var scope = NewDisposeScope();
        var target = SlowRegression.Target(
            tensor(new float[] { 1, 0, 1, 0, 1, 0 }).reshape(2, 3), tensor(new float[] { 1, -1, 1 }).reshape(1, 3), tensor(new float[] { 1 }), tensor(new float[] { -1 }), tensor(5f));
        target.data<float>().Should().Equal(4, 5);
    }

    [Fact]
    public void Most_bits_of_the_regression_stay_for_a_task_and_its_error_is_what_counts()
    {
        using var scope = NewDisposeScope();
        var problem = new SlowRegression();
        var task = problem.Task(0, 1);
        task.Inputs.shape.Should().Equal(10_000, 20);
        task.Inputs.narrow(1, 0, 15).std(0).max().item<float>().Should().Be(0);
        task.Inputs.narrow(1, 15, 5).mean().item<float>().Should().BeApproximately(0.5f, 0.02f);
        Same(task.Inputs.narrow(1, 0, 15), problem.Task(0, 2).Inputs.narrow(1, 0, 15)).Should().BeFalse();
        Same(task.Labels, task.Labels.round()).Should().BeTrue("the target is a sum of signs");

        using var model = problem.CreateModel(3);
        model.get_parameter("hidden1.bias")!.abs().max().item<float>().Should().Be(0);
        model.get_parameter("hidden1.weight")!.abs().max().item<float>().Should().BeInRange(0.5f, (float)Math.Sqrt(6.0 / 20));

        var result = new PlasticityRun(problem, 0).Go(parameters => new FusedSgd(parameters, problem.SgdRate), tasks: 1);
        result.Tasks[0].Online.Should().BeNull();
        result.Tasks[0].Loss.Should().BeInRange(0.1, 3);
        result.ToString().Should().StartWith("loss ");
    }

    [Fact]
    public void Groups_of_classes_do_not_repeat_until_all_are_used_and_options_are_chosen_without_test_images()
    {
        using var scope = NewDisposeScope();
        using var flat = ImageTable.OfGlyphs(4);
        FluentActions.Invoking(() => new CharacterTens(flat)).Should().Throw<ArgumentException>().WithMessage("character-tens needs images*of at least 10 classes*no test images*");
        using var choosing = flat.ForChoosing(5);
        (choosing.Inputs.size(0), choosing.TestInputs!.size(0)).Should().Be((64, 16));
        choosing.TestLabels!.data<long>().CountBy(label => label).Select(count => count.Value).Should().Equal(4, 4, 4, 4);
        FluentActions.Invoking(() => flat.ForChoosing(1)).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public void Plasticity_is_measured_if_asked_for_and_changes_nothing_else()
    {
        using var images = ImageTable.OfGlyphs(20);
        var problem = new RandomLabels(images);
        var results = new[] { true, false }.Select(measures => new PlasticityRun(problem, 0) { MeasuresPlasticity = measures }.Go(parameters => new FusedSgd(parameters, problem.SgdRate), tasks: 1).Tasks[0]).ToList();
        results[0].Plasticity.Should().BeInRange(0.05, 0.95);
        results[1].Plasticity.Should().BeNull();
        (results[0] with { Plasticity = null }).Should().Be(results[1]);
    }

    [Fact]
    public void A_run_ends_with_a_step_that_is_not_finite_and_says_so()
    {
        using var images = ImageTable.OfGlyphs(20);
        var result = new PlasticityRun(new RandomLabels(images), 0).Go(parameters => new FusedSgd(parameters, 1e30), tasks: 2);
        result.Tasks.Should().BeEmpty();
        result.Diverged.Should().StartWith("task 1: The loss is");
        result.ToString().Should().StartWith("no task was finished");
    }

    private static bool Same(Tensor one, Tensor other) => one.eq(other).all().item<bool>();
}
