using FluentAssertions;
using Xunit;
using Zapping.Training.Checkpoints;
using Zapping.Training.Data;
using Zapping.Training.Episodes;
using Zapping.Training.Optimizers;
using Zapping.Training.Parameters;
using Zapping.Training.Resets;
using Zapping.Training.Safetensors;
using Zapping.Training.Transfer;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static Zapping.Training.BoundaryKind;

namespace Zapping.Training.Tests.Docs;

/// <summary>The README's code, compiled and run; <see cref="SnippetTests"/> compares it with the README.</summary>
public sealed class ReadmeSnippets
{
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
        zapper.ResetCompleted += report => Console.WriteLine($"{report.Boundary}: {report.Parameters.Count} rewrites in {report.Elapsed}");

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
    public void Fast_training_runs()
    {
        using var model = Sequential(("body", Linear(12, 8)), ("tanh", Tanh()), ("head", Linear(8, 5)));
        var device = CPU;
        using var images = rand(100, 12);
        using var labels = randint(5, 100);
        // <fast>
        using var optimizer = new FusedAdam(model.parameters(), 1e-3); // FusedAdamW, FusedSgd
        using var trainer = new ContinualTrainer(model, optimizer)
            .UseGradientAccumulation(64) // 256 examples a step, activations of 64 in memory
            .UseZapping(every: EpochBoundary, zap => zap.Head = HeadSelector.ByName("head"));

        var batches = new ShuffledBatches(images, labels, batchSize: 256).Prefetch(device); // for data that live elsewhere
        trainer.Fit(batches, epochs: 2);
        // </fast>
        trainer.State.Steps.Should().Be(2);
    }

    [Fact]
    public void Episodes_run()
    {
        using var model = Sequential(("body", Linear(12, 8)), ("tanh", Tanh()), ("head", Linear(8, 5)));
        using var optimizer = optim.Adam(model.parameters(), 1e-3);
        using var images = rand(100, 12);
        using var labels = randint(5, 100);
        // <episodes>
        var episodes = new EpisodeSampler(
            new LabeledBatch(images, labels), new EpisodeOptions { InnerExamples = 20, RememberExamples = 64 }, seed: 1);

        var options = new MetaAsbOptions
        {
            InnerLearningRate = 1e-2,
            InnerParameters = ParameterFilter.WithPrefix("body.", "head."), // what moves inside; outside: what the optimizer has
        };
        using var trainer = new MetaAsbTrainer(model, optimizer, options)
            .UseZapping(every: ClassBoundary, zap => zap.Head = HeadSelector.ByName("head"))
            .UseGradientClipping(10);
        trainer.Fit(episodes, episodes: 3);
        // </episodes>
        trainer.State.Steps.Should().Be(3);
        trainer.Schedulers[0].State.Resets.Should().Be(3);
    }

    [Fact]
    public void Checkpoints_are_saved_and_resumed()
    {
        using var model = Sequential(("body", Linear(12, 8)), ("tanh", Tanh()), ("head", Linear(8, 5)));
        using var optimizer = optim.Adam(model.parameters(), 1e-3);
        using var trainer = new ContinualTrainer(model, optimizer);
        using var images = rand(100, 12);
        using var labels = randint(5, 100);
        var batches = new ShuffledBatches(images, labels, 2);
        var folder = Directory.CreateTempSubdirectory("zapping-readme-").FullName;
        {
            // <checkpoints>
            using var store = new CheckpointStore(folder, new CheckpointRetentionOptions { KeepLast = 3 });
            store.Resume(trainer); // the newest checkpoint, if there is one
            trainer.UseCheckpoints(store, everySteps: 100);
            trainer.FitUntilEpoch(batches, epoch: 5);

            StateDict.Save(model, Path.Combine(folder, "for-python.safetensors"), new StateDictKeyMap(("net.0", "body"), ("net.2", "head")));
            // </checkpoints>
            store.Checkpoints.Select(checkpoint => checkpoint.Steps).Should().Equal(200, 100);
            using var file = SafetensorsFile.Open(Path.Combine(folder, "for-python.safetensors"));
            file.Names.Should().BeEquivalentTo("net.0.weight", "net.0.bias", "net.2.weight", "net.2.bias");
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Transfer_runs()
    {
        using var model = Sequential(("body", Linear(12, 8)), ("tanh", Tanh()), ("head", Linear(8, 5)));
        using var images = rand(600, 12);
        using var labels = arange(600).remainder(30);
        int[] examplesOfClass = [.. Enumerable.Repeat(20, 30)];

        // <transfer>
        var sampler = new TransferSampler(
            examplesOfClass, new TransferSamplerOptions { Classes = 20, SupportExamples = 15, QueryExamples = 5, Seed = 1 });
        using var task = TransferTask.Create(sampler.Draw(trial: 0), new LabeledBatch(images, labels));

        var result = SequentialTransfer.Run(model, task, new SequentialTransferOptions
        {
            Head = HeadSelector.ByName("head"),
            Trainable = TrainableParameters.Head, // or All, or Of(ParameterFilter.WithPrefix("body."))
            LearningRate = 1e-3,
            EvaluationPeriod = 5,
        });

        var matrix = result.ToAccuracyMatrix(classesPerTask: 5);
        Console.WriteLine($"{result.Final.Query.TopOne:p1} of {result.Final.ClassesSeen} classes, {matrix.AverageForgetting():p1} forgotten");
        // </transfer>
        result.Evaluations.Select(evaluation => evaluation.ClassesSeen).Should().Equal(1, 5, 10, 15, 20);
        model.get_parameter("head.weight")!.size(0).Should().Be(20, "it had five");
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
        context.Reset(body, ParameterSlice.Rows(0, 1, 2), Initializer.LayerDefault(), OptimizerStateReset.Slice);
    }
}

// </own-policy>
