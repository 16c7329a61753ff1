using FluentAssertions;
using Xunit;
using Zapping.Training.Data;
using Zapping.Training.Heads;
using Zapping.Training.Initializers;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static Zapping.Training.BoundaryKind;

namespace Zapping.Training.Tests.Docs;

/// <summary>The code of docs/guides/which-reset-when.md, compiled and run.</summary>
public sealed class WhichResetSnippets : IDisposable
{
    private readonly TorchSharp.Modules.Sequential _model = Sequential(("body", Linear(12, 8)), ("tanh", Tanh()), ("head", Linear(8, 5)));
    private readonly optim.Optimizer _optimizer;
    private readonly Tensor _images = rand(40, 12);
    private readonly Tensor _labels = randint(5, 40);

    public WhichResetSnippets() => _optimizer = optim.Adam(_model.parameters(), 1e-3);

    public void Dispose()
    {
        _optimizer.Dispose();
        _model.Dispose();
        _images.Dispose();
        _labels.Dispose();
    }

    [Fact]
    public void Recommended_resets_run()
    {
        var (model, optimizer) = (_model, _optimizer);
        var batches = new ShuffledBatches(_images, _labels, batchSize: 10);

        // <recommended>
        using var trainer = new ContinualTrainer(model, optimizer)
            .UseZapping(every: new(EpochBoundary) { SkipFirst = true }, ZapOptions.Recommended);
        // </recommended>
        trainer.Schedulers.Should().ContainSingle();

        // The model above has two linear layers, so its head has to be named.
        var options = ZapOptions.Recommended with { Head = "head" };
        using var named = new ContinualTrainer(model, optimizer).UseZapping(every: new(EpochBoundary) { SkipFirst = true }, options);
        named.Fit(batches, epochs: 3);
        named.Schedulers[0].State.Resets.Should().Be(2);
    }

    [Fact]
    public void Published_resets_run()
    {
        var (model, optimizer) = (_model, _optimizer);

        // <published>
        var published = new ZapOptions
        {
            Head = HeadSelector.ByName("head"),
            Units = UnitSelection.All, // or UnitSelection.Random(100)
            Weights = Initializer.KaimingNormal(KaimingFan.AsPublished),
        };
        using var trainer = new ContinualTrainer(model, optimizer)
            .UseZapping(every: new(EpochBoundary) { SkipFirst = true }, published);
        // </published>
        trainer.Fit(new ShuffledBatches(_images, _labels, batchSize: 10), epochs: 2);
        trainer.Schedulers[0].State.Resets.Should().Be(1);
    }

    [Fact]
    public void RIFLE_resets_the_classifier_once_and_not_near_the_end()
    {
        var (model, optimizer) = (_model, _optimizer);
        var batches = new ShuffledBatches(_images, _labels, batchSize: 40);
        var resets = new List<long>();

        // <rifle>
        var rifle = new ZapOptions
        {
            Head = "head",
            Units = UnitSelection.All,
            Weights = Initializer.LayerDefault(),
            Bias = BiasReset.Redraw,
        };
        using var trainer = new ContinualTrainer(model, optimizer)
            .UseZapping(every: new(EpochBoundary) { Period = 20, SkipFirst = true, Until = 35 }, rifle);
        // </rifle>
        trainer.Schedulers[0].ResetCompleted += report => resets.Add(report.Boundary.Index);
        trainer.Fit(batches, epochs: 45);
        resets.Should().Equal(20);
    }

    [Fact]
    public void Injection_runs()
    {
        var (model, optimizer) = (_model, _optimizer);
        var (images, outputs) = (_images, _model.call(_images));

        // <injection>
        PlasticityInjection.Inject(model, "head", [optimizer], make: () => Linear(8, 5)); // another one like the head
        // </injection>
        model.call(images).eq(outputs).all().item<bool>().Should().BeTrue();
    }

    [Fact]
    public void Shrink_and_perturb_runs_beside_another_reset()
    {
        var (model, optimizer) = (_model, _optimizer);

        // <two-resets>
        var warmStart = new ShrinkAndPerturbPolicy(new ShrinkAndPerturbOptions { Shrink = 0.4, Perturb = 0.1 });
        using var trainer = new ContinualTrainer(model, optimizer)
            .UseReset(every: new(TaskBoundary) { SkipFirst = true, Seed = 1 }, warmStart) // new data have come
            .UseZapping(every: new(ClassBoundary) { Seed = 2 }, zap => zap.Head = HeadSelector.ByName("head"));
        // </two-resets>
        using var images = rand(2, 12);
        trainer.Fit([new TrainingTask(new ClassExamples(0, images)), new TrainingTask(new ClassExamples(1, images))], batchSize: 1);
        trainer.Schedulers.Select(scheduler => scheduler.State.Resets).Should().Equal(1, 2);
    }
}
