using Zapping.Training.Data;
using Zapping.Training.Episodes;
using Zapping.Training.Parameters;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Trainers;

/// <summary>A run, and where one of its steps is to fail.</summary>
/// <param name="Net">One of <see cref="FaultyNets.Kinds"/>.</param>
/// <param name="Trainer">One of <see cref="FaultyRun.Trainers"/>.</param>
/// <param name="Optimizer">One of <see cref="ManagedOptimizers.All"/>.</param>
/// <param name="Policy">One of <see cref="FaultyRun.Policies"/>.</param>
/// <param name="Clips">Whether gradients are clipped.</param>
/// <param name="Decays">Whether the learning rate is changed at steps.</param>
/// <param name="Fault">What goes wrong.</param>
/// <param name="At">Before which step.</param>
/// <param name="Place">Which call, or which parameter or buffer.</param>
/// <param name="Attempts">How often in a row.</param>
internal sealed record FaultyCase(
    string Net, string Trainer, string Optimizer, string Policy, bool Clips, bool Decays, Fault Fault, int At, int Place, int Attempts)
{
    public bool IsEpisodic => Trainer.Contains("asb", StringComparison.Ordinal);

    public bool IsNative => Trainer == FaultyRun.Native;

    public bool IsOfPass => Fault is >= Fault.NanLoss and <= Fault.LossWithoutGraph;

    public bool IsOfModel => Fault >= Fault.NanWeight;

    /// <summary>
    /// Whether a run ends as one without the step that failed. A class boundary counts for each episode that is tried, and the next one zaps with other numbers; and LBFGS keeps
    /// to itself what it remembers, which changes before one of its later evaluations fails.
    /// </summary>
    public bool LeavesNoTrace => !(IsEpisodic && Policy == FaultyRun.LongerBoundaries) && !(IsNative && (Call > 1 || Fault == Fault.HugeInput));

    /// <summary>Which call of the loss or the head goes wrong: of a part, an evaluation, an inner step, the outer batch or the way back.</summary>
    public int Call => 1 + (Place % Trainer switch
    {
        "whole" => 1,
        "parts" => 2,
        FaultyRun.Native or "asb" or "asb, piling up" or "asb, folded" or "meta-asb, first order" => FaultyRun.Inner + 1,
        _ => (2 * FaultyRun.Inner) + 1,
    });
}

/// <summary>Trains step by step on random batches, and tries one that fails.</summary>
internal sealed class FaultyRun : IDisposable
{
    public const string Native = "lbfgs";
    public const string LongerBoundaries = "zap at longer boundaries";
    public const int Inner = 3;
    private readonly FaultyCase _case;
    private readonly optim.Optimizer _optimizer;
    private readonly FaultyPass _pass;
    private readonly Snapshots _snapshots;

    public FaultyRun(FaultyCase faulty)
    {
        _case = faulty;
        _pass = new FaultyPass(faulty.Fault);
        Net = FaultyNets.Of(faulty.Net, alone: faulty.IsEpisodic);
        _pass.Watch(Nets.HeadOf(Net));
        _optimizer = faulty.IsNative ? optim.LBFGS(Net.parameters(), 0.1, max_iter: 4) : ManagedOptimizers.All[faulty.Optimizer](Net.parameters());
        Trainer = Make(faulty.IsOfPass ? _pass.Loss : null);
        AddPolicy();
        if (faulty.Clips)
        {
            Trainer.UseGradientClipping(1);
        }

        if (faulty.Decays && !faulty.IsNative)
        {
            Trainer.UseLearningRateScheduler(optim.lr_scheduler.StepLR(_optimizer, 2, 0.5), BoundaryKind.StepBoundary);
        }

        _snapshots = new Snapshots(Trainer);
        Trainer.UseObserver(_snapshots);
    }

    public static IReadOnlyList<string> Trainers { get; } =
        ["whole", "parts", Native, "asb", "asb, piling up", "asb, folded", "meta-asb", "meta-asb, folded", "meta-asb, first order"];

    public static IReadOnlyList<string> Policies { get; } = ["none", "zap at steps", LongerBoundaries, "continual backprop", "dormant units"];

    public nn.Module<Tensor, Tensor> Net { get; }

    public Trainer Trainer { get; }

    public List<double> Losses { get; } = [];

    /// <summary>Where the trainer was before the step that fails: behind its boundary, if it came to one.</summary>
    public SortedDictionary<string, string> Before => _snapshots.Last;

    public FaultyPass Pass => _pass;

    public void Step(int index)
    {
        if (Trainer is ContinualTrainer epochs && index % 3 == 0)
        {
            epochs.BeginEpoch();
        }

        Losses.Add(Train(index, Fault.NanLoss));
    }

    /// <summary>Makes a step that goes wrong.</summary>
    public void Fail()
    {
        _pass.Arm(_case.Call);
        _snapshots.Take();
        Train(_case.At, _case.Fault);
        _pass.Disarm();
    }

    /// <summary>Puts a number where it does not belong.</summary>
    public void Damage()
    {
        using var noGrad = no_grad();
        List<Tensor> tensors = _case.Fault is Fault.NanWeight or Fault.InfiniteWeight
            ? [.. Net.parameters()]
            : [.. Net.buffers().Where(buffer => buffer.is_floating_point())];
        if (tensors.Count > 0)
        {
            tensors[_case.Place % tensors.Count].view(-1)[0].fill_(_case.Fault is Fault.NanWeight or Fault.NanBuffer ? double.NaN : double.NegativeInfinity);
        }
    }

    public void Dispose()
    {
        Trainer.Dispose();
        _optimizer.Dispose();
        Net.Dispose();
    }

    private Trainer Make(Func<Tensor, Tensor, Tensor>? loss)
    {
        var head = _case.Trainer.Contains("folded", StringComparison.Ordinal) ? Nets.HeadOf(Net) : null;
        return _case.Trainer switch
        {
            "asb" or "asb, folded" => new AsbTrainer(Net, _optimizer, new() { InnerLearningRate = 1e-2, FusedUpdateLayer = head }, loss),
            "asb, piling up" => new AsbTrainer(
                Net, _optimizer, new() { InnerLearningRate = 1e-2, InnerParameters = ParameterFilter.WithPrefix("head."), AccumulateInnerGradients = true }, loss),
            "meta-asb" or "meta-asb, folded" => new MetaAsbTrainer(Net, _optimizer, new() { InnerLearningRate = 1e-2, FusedUpdateLayer = head }, loss),
            "meta-asb, first order" => new MetaAsbTrainer(Net, _optimizer, new() { InnerLearningRate = 1e-2, FirstOrder = true }, loss),
            "parts" => new ContinualTrainer(Net, _optimizer, loss).UseGradientAccumulation(_case.Net == FaultyNets.Norm1d ? 2 : 3), // none is left over for the former
            _ => new ContinualTrainer(Net, _optimizer, loss),
        };
    }

    private void AddPolicy()
    {
        var state = _case.IsNative ? OptimizerStateReset.Keep : OptimizerStateReset.Slice;
        var example = ones(1, 6);
        _ = _case.Policy switch
        {
            "zap at steps" => Trainer.UseZapping(BoundaryKind.StepBoundary, options => options.Head = Nets.Head),
            LongerBoundaries => Trainer.UseZapping(_case.IsEpisodic ? BoundaryKind.ClassBoundary : BoundaryKind.EpochBoundary, options => options.Head = Nets.Head),
            "continual backprop" => Trainer.UseContinualBackprop(
                example, BoundaryKind.StepBoundary, options => (options.ReplacementRate, options.MaturityThreshold, options.OptimizerState) = (0.2, 1, state)),
            "dormant units" => Trainer.UseReDo(
                example,
                new ResetSchedule(BoundaryKind.StepBoundary) { Period = 3 },
                options => (options.Threshold, options.SampleEvery, options.OptimizerState) = (0.5, 2, state)),
            _ => Trainer,
        };
    }

    private double Train(int index, Fault fault)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)index + 50);
        if (Trainer is EpisodicTrainer episodic)
        {
            var inner = Batch(Inner, generator, fault);
            return episodic.TrainEpisode(Episode.Create(index % 5, inner, Batch(4, generator, fault)));
        }

        var count = (fault, _case.Trainer) switch
        {
            (Fault.OneExample, "parts") => 3,
            (Fault.OneExample, _) => 1,
            (Fault.NoExample, _) => 0,
            _ => 4,
        };
        var (inputs, labels) = Batch(count, generator, fault);
        return ((ContinualTrainer)Trainer).TrainStep(inputs, labels);
    }

    private LabeledBatch Batch(int count, Generator generator, Fault fault)
    {
        count = fault == Fault.NoExample ? 0 : count;
        var inputs = randn([count, fault == Fault.WiderInputs ? 7 : 6], generator: generator);
        var labels = randint(0, 5, [count], generator: generator);
        switch (fault)
        {
            case Fault.NanInput or Fault.InfiniteInput or Fault.HugeInput:
                inputs[_case.Place % count][_case.Place % 6] = fault switch { Fault.NanInput => double.NaN, Fault.InfiniteInput => double.NegativeInfinity, _ => 1e38 };
                break;
            case Fault.LabelTooLarge or Fault.LabelNegative:
                labels[_case.Place % count] = fault == Fault.LabelTooLarge ? 8 : -3;
                break;
            case Fault.IgnoredLabels:
                labels.fill_(-100);
                break;
        }

        return new LabeledBatch(inputs, fault switch
        {
            Fault.LabelsOfInt32 => labels.to(ScalarType.Int32),
            Fault.FractionsForLabels => labels.to(ScalarType.Float32),
            Fault.FewerLabels => labels.narrow(0, 0, count - 1),
            _ => labels,
        });
    }

    private sealed class Snapshots(Trainer trainer) : ITrainingObserver
    {
        private bool _isWatching;

        public SortedDictionary<string, string> Last { get; private set; } = [];

        public void Take()
        {
            Last = TrainerBits.Of(trainer);
            _isWatching = true;
        }

        public void OnBoundaryStarted(TrainingBoundary boundary) => Last = _isWatching ? TrainerBits.Of(trainer) : Last;

        public void OnStep(TrainingStep step) => _isWatching = false;

        public void OnEpisode(EpisodeReport report) => _isWatching = false;
    }
}
