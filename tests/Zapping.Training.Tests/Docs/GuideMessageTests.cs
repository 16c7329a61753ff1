using System.Runtime.InteropServices;
using FluentAssertions;
using Xunit;
using Zapping.Training.Checkpoints;
using Zapping.Training.Data;
using Zapping.Training.Episodes;
using Zapping.Training.Rehearsal;
using Zapping.Training.Safetensors;
using Zapping.Training.Serving;
using Zapping.Training.Steps;
using Zapping.Training.Tests.Build;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static Zapping.Training.BoundaryKind;

namespace Zapping.Training.Tests.Docs;

/// <summary>The messages that docs/guides/troubleshooting.md explains are those that users see.</summary>
public sealed class GuideMessageTests
{
    private const string Guide = "docs/guides/troubleshooting.md";

    private static readonly Dictionary<string, Action> Provoked = new(StringComparer.Ordinal)
    {
        ["the-head-is-not-found"] = () => Zap(new ZapOptions(), classes: 1),
        ["the-name-of-the-head-is-wrong"] = () => Zap(new ZapOptions { Head = HeadSelector.ByName("fc") }, classes: 1),
        ["the-boundary-names-no-classes"] = () => Zap(new ZapOptions { Head = HeadSelector.ByName("head") }),
        ["a-class-has-no-row"] = () => Zap(new ZapOptions { Head = HeadSelector.ByName("head") }, classes: 12),
        ["the-weight-is-shared"] = () =>
        {
            using var model = new NextWord(words: 10);
            var policy = new ZapPolicy(new ZapOptions { Head = HeadSelector.ByName("head") });
            new ZapScheduler(model, [], policy, new ResetSchedule(ClassBoundary)).Signal(ClassBoundary, 1);
        },
        ["the-optimizer-does-not-know-the-parameter"] = () =>
        {
            using var model = Net();
            using var optimizer = optim.SGD([model.get_parameter("body.weight")!], 0.1);
            var policy = new ZapPolicy(new ZapOptions { Head = HeadSelector.ByName("head") });
            new ZapScheduler(model, [optimizer], policy, new ResetSchedule(ClassBoundary)).Signal(ClassBoundary, 1);
        },
        ["the-loss-is-not-finite"] = () =>
        {
            using var model = Net();
            using var optimizer = optim.SGD(model.parameters(), 0.1);
            using var trainer = new ContinualTrainer(model, optimizer);
            trainer.BeginEpoch();
            using var inputs = full(2, 784, double.NaN).to(ScalarType.Float32);
            using var labels = zeros(2, ScalarType.Int64);
            trainer.TrainStep(inputs, labels);
        },
        ["a-gradient-is-not-finite"] = () => Train(
            Sequential(("head", Linear(4, 2))), (t, x, y) => t.TrainStep(x, y), (outputs, _) => (outputs - outputs.detach()).pow(2).sum().sqrt()),
        ["a-batch-of-one-for-batch-normalization"] = () => Train(
            Sequential(("body", Linear(4, 3)), ("norm", BatchNorm1d(3)), ("head", Linear(3, 2))), (t, x, y) => t.Fit([new TrainingTask(new ClassExamples(0, x))], batchSize: 1)),
        ["the-backward-pass-cannot-be-made"] = () =>
        {
            using var model = new Attention();
            using var optimizer = optim.SGD(model.parameters(), 0.1);
            using var trainer = new MetaAsbTrainer(model, optimizer);
            using var inputs = rand(4, 8, 16);
            using var labels = arange(4).remainder(2);
            trainer.Fit(new EpisodeSampler(new LabeledBatch(inputs, labels), new EpisodeOptions { InnerExamples = 2, RememberExamples = 2 }), 1);
        },
        ["gradients-are-switched-off"] = () =>
        {
            using var off = no_grad();
            Train(Sequential(("head", Linear(4, 2))), (t, x, y) => t.TrainStep(x, y));
        },
        ["labels-have-no-unit"] = () => Train(Sequential(("head", Linear(4, 10))), (t, x, y) => t.TrainStep(x, y.to(ScalarType.Int32))),
        ["an-optimizer-holds-a-parameter-twice"] = () =>
        {
            using var model = Sequential(("body", Linear(4, 3)), ("head", Linear(3, 2)));
            using var all = optim.SGD(model.parameters(), 0.1);
            using var head = optim.Adam(model.parameters().Skip(2), 0.1);
            _ = new ContinualTrainer(model, [all, head]);
        },
        ["micro-batches-do-not-add-up"] = () =>
        {
            var model = Sequential(("head", Linear(4, 10)));
            using (no_grad())
            {
                ((TorchSharp.Modules.Linear)model.named_modules().Single().module).weight.zero_();
                ((TorchSharp.Modules.Linear)model.named_modules().Single().module).bias!.zero_();
            }

            Train(model, (t, x, y) => t.UseGradientAccumulation(1).TrainStep(x, y), (o, l) => functional.cross_entropy(o, l, reduction: Reduction.Sum));
        },
        ["batches-cannot-be-taken-in-parts"] = () =>
        {
            using var model = Net();
            using var optimizer = optim.SGD(model.parameters(), 0.1);
            using var trainer = new ContinualTrainer<Tensor>(model, optimizer, batch => model.call(batch).sum());
            trainer.UseGradientAccumulation(2);
        },
        ["the-replay-buffer-is-empty"] = () =>
        {
            using var buffer = new ReservoirBuffer(10);
            buffer.Sample(1, draw: 0);
        },
        ["two-memories-have-one-name"] = () =>
        {
            using var first = new ReservoirBuffer(10);
            using var second = new RingBuffer(10);
            Train(Net(), (t, _, _) => t.UseReplay(first).UseReplay(second));
        },
        ["again-comes-too-late"] = () => Train(Sequential(("head", Linear(4, 2))), (t, x, y) => t.UseUpdateRule(new Late()).TrainStep(x, y)),
        ["a-loop-of-your-own-with-reducelronplateau"] = () =>
        {
            using var model = Net();
            using var optimizer = optim.SGD(model.parameters(), 0.1);
            _ = new TrainingRun(model, [optimizer]) { LearningRates = [optim.lr_scheduler.ReduceLROnPlateau(optimizer)] };
        },
        ["a-learning-rate-scheduler-does-not-count"] = () => WithStore(store =>
        {
            using var model = Net();
            using var optimizer = optim.SGD(model.parameters(), 0.1);
            store.Save(new TrainingRun(model, [optimizer]) { LearningRates = [new OwnSchedule(optimizer)] });
        }),
        ["nothing-has-been-published-yet"] = () =>
        {
            using var served = new ServedModel<TorchSharp.Modules.Sequential>(_ => Net());
            using var inputs = rand(1, 784);
            using var outputs = served.Predict(inputs);
        },
        ["a-resume-is-refused"] = () => WithStore(store => Train(Sequential(("head", Linear(4, 2))), (t, x, y) =>
        {
            t.Fit(new ShuffledBatches(x, y, 4), 1);
            store.Save(t);
            store.Resume(t);
            t.Fit(new ShuffledBatches(x, y, 5), 1);
        })),
        ["a-checkpoint-is-not-saved"] = () => WithStore(store =>
        {
            using var model = Sequential(("head", Linear(4, 2)));
            using var optimizer = optim.Adam(model.parameters(), 0.1);
            using var trainer = new ContinualTrainer(model, optimizer, (outputs, _) => outputs.sum() * 1e21);
            using var inputs = ones(2, 4);
            trainer.TrainStep(inputs, inputs);
            store.Save(trainer);
        }),
        ["weights-do-not-fit"] = () =>
        {
            var path = Path.Combine(Path.GetTempPath(), "weights.safetensors");
            using var saved = Sequential(("body", Linear(784, 128)), ("fc", Linear(128, 10)));
            using var model = Net();
            StateDict.Save(saved, path);
            try
            {
                StateDict.Load(model, path);
            }
            finally
            {
                File.Delete(path);
            }
        },
    };

    // What another program says, or a system that this one is not: the words must be in a file of the repository.
    private static readonly Dictionary<string, string> Written = new(StringComparer.Ordinal)
    {
        ["cuda-is-not-seen"] = "samples/PaperCurves/Commands/DeviceOption.cs",
        ["the-backend-has-no-such-name"] = "eng/Backend.targets",
        ["convolutions-are-wrong-on-a-cpu-nan-loss-garbage-gradients-nnpack"] = "src/Zapping.Training/Native/ConvolutionGuardian.cs",
        ["training-of-large-networks-is-slow-on-a-thread-of-the-pool"] = "src/Zapping.Training/Telemetry/TrainingLog.cs",
        ["an-option-has-no-effect"] = "samples/PaperCurves/Commands/RunOptions.cs",
        ["the-data-folder-is-empty"] = "src/Zapping.Datasets/Detection/ImageData.cs",
        ["the-output-folder-cannot-be-used"] = "src/Zapping.CommandLine/OutputFolder.cs",
        ["the-output-folder-has-been-used"] = "samples/PaperCurves/Runs/RunFolder.cs",
        ["the-output-stops"] = "src/Zapping.CommandLine/LastingOutput.cs",
        ["an-error-of-the-program"] = "src/Zapping.CommandLine/Failure.cs",
    };

    // TorchSharp's own message, quoted from a run with libtorch removed.
    private static readonly string[] Quoted = ["the-native-library-is-not-found"];

    [Fact]
    public void Every_message_is_checked() => Document.Open(Guide).CodeIn("text").Select(block => block.Anchor)
        .Should().BeEquivalentTo([.. Provoked.Keys, .. Written.Keys, .. Quoted]);

    [Theory]
    [MemberData(nameof(ProvokedAnchors))]
    public void A_message_is_the_one_that_is_thrown(string anchor)
    {
        var message = Provoked[anchor].Should().Throw<Exception>().Which.Message.Replace(Path.GetTempPath(), "", StringComparison.Ordinal);
        InOneLine(Message(anchor)).Should().Be(InOneLine(message));
    }

    [Theory]
    [MemberData(nameof(WrittenAnchors))]
    public void A_message_is_in_the_source(string anchor)
    {
        var source = File.ReadAllText(Path.Combine(ThrowawayProject.Repository, Written[anchor]));
        var joined = InOneLine(source).Replace("\" + \"", "", StringComparison.Ordinal); // texts in two pieces
        joined.Should().Contain(InOneLine(Message(anchor)));
    }

    [Fact]
    public void A_reset_between_forward_and_backward_is_noticed_by_autograd()
    {
        using var model = Net();
        using var inputs = rand(2, 784);
        using var scope = NewDisposeScope();
        var options = new ZapOptions { Head = HeadSelector.ByName("head"), Units = UnitSelection.All };
        var loss = model.call(inputs).sum();
        new ZapScheduler(model, [], new ZapPolicy(options), new ResetSchedule(StepBoundary)).Signal(StepBoundary);
        var late = () => loss.backward();

        late.Should().Throw<ExternalException>().WithMessage("*modified by an inplace operation*");
        Document.Open(Guide).Anchors.Should().Contain("modified-by-an-inplace-operation");
    }

    public static TheoryData<string> ProvokedAnchors => [.. Provoked.Keys];

    public static TheoryData<string> WrittenAnchors => [.. Written.Keys];

    private static string Message(string anchor) =>
        string.Join('\n', Document.Open(Guide).CodeIn("text").Single(block => block.Anchor == anchor).Lines);

    private static string InOneLine(string text) => string.Join(' ', text.Split([' ', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries));

    private static TorchSharp.Modules.Sequential Net() =>
        Sequential(("body", Linear(784, 128)), ("relu", ReLU()), ("head", Linear(128, 10)));

    private static void Zap(ZapOptions options, params int[] classes)
    {
        using var model = Net();
        new ZapScheduler(model, [], new ZapPolicy(options), new ResetSchedule(ClassBoundary)).Signal(ClassBoundary, classes);
    }

    private static void WithStore(Action<CheckpointStore> act)
    {
        var folder = Directory.CreateTempSubdirectory("zapping-guide-");
        try
        {
            using var store = new CheckpointStore(folder.FullName);
            act(store);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // Two examples of four features, of two classes.
    private static void Train(Module<Tensor, Tensor> model, Action<ContinualTrainer, Tensor, Tensor> act, Func<Tensor, Tensor, Tensor>? loss = null)
    {
        using var owned = model;
        using var optimizer = optim.SGD(model.parameters(), 0.1);
        using var trainer = new ContinualTrainer(model, optimizer, loss);
        using var inputs = rand(2, 4);
        using var labels = arange(2);
        act(trainer, inputs, labels);
    }

    private sealed class Late : IUpdateRule
    {
        public void OnGradients(UpdateContext update)
        {
        }

        public void OnUpdated(UpdateContext update) => update.Again();
    }

    private sealed class OwnSchedule(optim.Optimizer optimizer) : optim.lr_scheduler.LRScheduler(optimizer);

    private sealed class Attention : Module<Tensor, Tensor>
    {
        private readonly TorchSharp.Modules.Linear head = Linear(16, 2);

        public Attention()
            : base(nameof(Attention)) => RegisterComponents();

        public override Tensor forward(Tensor input)
        {
            var parts = head.call(input).reshape(input.shape[0], 1, 8, 2);
            return functional.scaled_dot_product_attention(parts, parts, parts).reshape(input.shape[0], 8, 2).mean([1]);
        }
    }
}
