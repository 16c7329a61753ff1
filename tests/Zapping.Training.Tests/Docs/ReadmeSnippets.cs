using FluentAssertions;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static Zapping.Training.BoundaryKind;

namespace Zapping.Training.Tests.Docs;

/// <summary>The README's code, compiled and run; <see cref="ReadmeTests"/> compares it with the README.</summary>
public sealed class ReadmeSnippets
{
    [Fact]
    public void Quickstart_runs()
    {
        // <quickstart>
        using var model = Sequential(("body", Linear(784, 128)), ("relu", ReLU()), ("head", Linear(128, 10)));
        using var optimizer = optim.Adam(model.parameters(), 1e-3);
        using var trainer = new ContinualTrainer(model, optimizer)
            .UseZapping(every: ClassBoundary, options => options.Head = HeadSelector.Named("head"));

        using var images = rand(20, 784); // yours: class after class, as they come
        trainer.Fit([new TrainingTask(new ClassExamples(ClassId: 3, images))]);
        // </quickstart>
        trainer.State.Should().Be(new TrainerState(Steps: 20, Epochs: 0, Classes: 1, Tasks: 1));
        trainer.Schedulers[0].State.Resets.Should().Be(1);
    }

    [Fact]
    public void Own_loop_runs()
    {
        using var model = Sequential(("head", Linear(4, 6)));
        using var optimizer = optim.Adam(model.parameters());
        // <own-loop>
        var zapper = new ZapScheduler(
            model,
            [optimizer],
            new ZapPolicy(new ZapOptions { Units = UnitSelection.Random(4), Bias = BiasReset.Zero, OptimizerState = OptimizerStateReset.Slice }),
            new ResetSchedule(EpochBoundary) { Period = 2, SkipFirst = true, Seed = 42 });
        zapper.Reset += report => Console.WriteLine($"{report.Boundary}: {report.Rewrites.Count} rewrites in {report.Elapsed}");

        for (var epoch = 0; epoch < 6; epoch++)
        {
            zapper.Signal(EpochBoundary);
            // your batches, your forward, your backward, your step
        }

        var state = zapper.State; // two numbers: save them, restore them, and the next reset has the same bits
        // </own-loop>
        state.Should().Be(new ZapSchedulerState(Boundaries: 6, Resets: 2));
    }

    [Fact]
    public void Own_policy_runs()
    {
        using var model = Sequential(("body", Linear(4, 6)), ("head", Linear(6, 2)));
        using var optimizer = optim.SGD(model.parameters(), 0.1, momentum: 0.9);
        var body = model.get_parameter("body.weight")!;
        using var before = body.detach().clone();
        new ZapScheduler(model, [optimizer], new ForgetTheBody(), new ResetSchedule(StepBoundary)).Signal(StepBoundary);
        using var changed = body.ne(before).any(1);
        changed.data<bool>().ToArray().Should().Equal(true, true, true, false, false, false);
    }
}

// <own-policy>
public sealed class ForgetTheBody : IResetPolicy
{
    public void Apply(ResetContext context)
    {
        var body = context.Model.named_parameters().Single(p => p.name == "body.weight").parameter;
        context.Rewrite(body, ParameterSlice.Rows(0, 1, 2), Rewriter.LayerDefault(), OptimizerStateReset.Slice);
    }
}

// </own-policy>
