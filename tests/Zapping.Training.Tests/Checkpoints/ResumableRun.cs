using TorchSharp.Modules;
using Zapping.Training.Data;
using Zapping.Training.Episodes;
using Zapping.Training.Evaluation;
using Zapping.Training.HiddenUnits;
using Zapping.Training.Parameters;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Checkpoints;

/// <summary>A model, a trainer and data as a <see cref="ResumableSetup"/> says.</summary>
internal sealed class ResumableRun : IDisposable
{
    private const int Classes = 6;
    private readonly ResumableSetup _setup;
    private readonly Sequential _net = Nets.Small();
    private readonly optim.Optimizer _optimizer;
    private readonly Tensor _inputs;
    private readonly Tensor _labels;

    public ResumableRun(ResumableSetup setup)
    {
        _setup = setup;
        using var generator = new Generator(3);
        _inputs = randn([Classes, 8, 6], generator: generator).narrow(1, 0, setup.PerClass).reshape(-1, 6);
        _labels = arange(Classes).to(ScalarType.Int64).repeat_interleave(setup.PerClass);
        if (setup.HasOtherInput)
        {
            _inputs[First * setup.PerClass][3] = 0.5;
        }

        if (setup.HasOtherLabel)
        {
            _labels[0] = 5;
        }

        if (setup.IsBodyFrozen)
        {
            _net.get_parameter("body.weight")!.requires_grad = false;
        }

        _net.train(!setup.IsInEvalMode);
        _optimizer = ResumableSetup.Optimizers[setup.Optimizer](_net.parameters(), setup.HasOtherOptions);
        Trainer = Make();
        AddPolicy();
        AddRates();
        if (setup.Clipping is { } norm)
        {
            Trainer.UseGradientClipping(norm);
        }

        _ = setup.Observer switch
        {
            "recovery of resets" => Trainer.UseObserver(RecoveryObserver.OfResets()),
            "recovery of classes" => Trainer.UseObserver(RecoveryObserver.OfBoundaries(BoundaryKind.ClassBoundary)),
            "task matrix" => Trainer.UseObserver(new TaskMatrixObserver(new TaskEvaluator(_net, [.. Enumerable.Range(0, Classes / 2).Select(task => Query(2 * task))]))),
            _ => Trainer,
        };
    }

    public Trainer Trainer { get; }

    // The first class of a stream.
    private int First => _setup.HasOtherOrder ? 2 : 0;

    /// <summary>Everything that a resume writes, bit for bit.</summary>
    public SortedDictionary<string, string> Bits()
    {
        using var state = random.get_rng_state();
        var bits = TrainerBits.Of(Trainer);
        bits["random state"] = Convert.ToHexString(Nets.Bits(state));
        return bits;
    }

    /// <summary>Trains until so many steps have been made in all.</summary>
    public void Go(long steps)
    {
        using var stop = new CancellationTokenSource();
        var progress = new Relay(() =>
        {
            if (Trainer.State.Steps >= steps)
            {
                stop.Cancel();
            }
        });
        try
        {
            _ = (Trainer, _setup.Kind) switch
            {
                (EpisodicTrainer episodic, _) => episodic.Fit(
                    new EpisodeSampler(new LabeledBatch(_inputs, _labels), _setup.Episodes, _setup.SourceSeed, new LabeledBatch(_inputs, _labels)), 1000, progress, stop.Token),
                (ContinualTrainer continual, ResumableSetup.Stream) => continual.Fit(Stream(), _setup.BatchSize, progress, stop.Token),
                (ContinualTrainer continual, _) => continual.Fit(new ShuffledBatches(_inputs, _labels, _setup.BatchSize, _setup.SourceSeed), 4, progress, stop.Token),
                _ => throw new InvalidOperationException(),
            };
        }
        catch (OperationCanceledException)
        {
        }
    }

    public void Dispose()
    {
        Trainer.Dispose();
        _optimizer.Dispose();
        _net.Dispose();
    }

    private Trainer Make()
    {
        var head = _setup.Folds ? Nets.HeadOf(_net) : null;
        var inner = _setup.MovesHeadAlone ? ParameterFilter.WithPrefix("head.") : ParameterFilter.All;
        switch (_setup.Kind)
        {
            case ResumableSetup.Asb:
                return new AsbTrainer(_net, _optimizer, new()
                {
                    InnerLearningRate = _setup.InnerRate,
                    InnerParameters = inner,
                    FusedUpdateLayer = head,
                    AccumulateInnerGradients = _setup.PilesUp,
                    MeasurePeriod = _setup.MeasurePeriod,
                });
            case ResumableSetup.MetaAsb:
                return new MetaAsbTrainer(_net, _optimizer, new()
                {
                    InnerLearningRate = _setup.InnerRate,
                    InnerParameters = inner,
                    FusedUpdateLayer = head,
                    FirstOrder = _setup.PilesUp,
                    MeasurePeriod = _setup.MeasurePeriod,
                });
            default:
                var trainer = new ContinualTrainer(_net, _optimizer);
                return _setup.Parts is { } size ? trainer.UseGradientAccumulation(size) : trainer;
        }
    }

    private void AddPolicy()
    {
        var (example, option) = (ones(1, 6), _setup.PolicyOption);
        _ = _setup.Policy switch
        {
            "zap" => Trainer.UseZapping(_setup.Schedule, new ZapOptions
            {
                Head = Nets.Head,
                Units = option == 1 ? UnitSelection.All : UnitSelection.Random(2),
                Weights = option == 2 ? Initializer.KaimingUniform() : Initializer.KaimingNormal(),
                Bias = option == 3 ? BiasReset.Zero : BiasReset.Keep,
                OptimizerState = option == 4 ? OptimizerStateReset.Slice : OptimizerStateReset.Keep,
            }),
            "shrink" => Trainer.UseShrinkAndPerturb(_setup.Schedule, new ShrinkAndPerturbOptions
            {
                Shrink = option == 1 ? 0.9 : 0.8,
                Perturb = option == 2 ? 0.2 : 0.1,
                Parameters = option == 3 ? ParameterFilter.WithPrefix("head.") : ParameterFilter.All,
                OptimizerState = option == 4 ? OptimizerStateReset.Parameter : OptimizerStateReset.Keep,
            }),
            "later layers" => Trainer.UseLaterLayerForgetting(example, _setup.Schedule, options =>
                (options.Layers, options.Weights, options.Bias, options.OptimizerState) = (
                    LayerRange.Last(option == 1 ? 2 : 1),
                    option == 2 ? Initializer.XavierNormal() : Initializer.LayerDefault(),
                    option == 3 ? BiasReset.Zero : BiasReset.Redraw,
                    option == 4 ? OptimizerStateReset.Keep : OptimizerStateReset.Parameter)),
            "dormant units" => Trainer.UseReDo(example, _setup.Schedule, options =>
                (options.Threshold, options.Weights, options.SampleEvery, options.OptimizerState) = (
                    option == 1 ? 0.4 : 0.5,
                    option == 2 ? Initializer.XavierNormal() : Initializer.LayerDefault(),
                    option == 3 ? 3 : 2,
                    option == 4 ? OptimizerStateReset.Keep : OptimizerStateReset.Slice)),
            "continual backprop" => Trainer.UseContinualBackprop(
                example,
                new ResetSchedule(BoundaryKind.StepBoundary) { Seed = _setup.Schedule.Seed },
                options => (options.ReplacementRate, options.MaturityThreshold, options.Decay, options.BiasTakesOver) = (
                    option == 1 ? 0.3 : 0.2, option == 2 ? 3 : 1, option == 3 ? 0.9 : 0.99, option != 4)),
            _ => Trainer,
        };
    }

    private void AddRates()
    {
        Func<optim.lr_scheduler.LRScheduler>? make = _setup.Rates.Split(" at ")[0] switch
        {
            "step" => () => optim.lr_scheduler.StepLR(_optimizer, 2, 0.5),
            "slow step" => () => optim.lr_scheduler.StepLR(_optimizer, 3, 0.5),
            "exponential" => () => optim.lr_scheduler.ExponentialLR(_optimizer, 0.9),
            "steep exponential" => () => optim.lr_scheduler.ExponentialLR(_optimizer, 0.8),
            "lambda" => () => optim.lr_scheduler.LambdaLR(_optimizer, step => 1.0 / (1 + step)),
            _ => null,
        };
        if (_setup.Rates.Contains("plateau", StringComparison.Ordinal))
        {
            var patience = _setup.Rates.StartsWith("patient", StringComparison.Ordinal) ? 3 : 2;
            Trainer.UseLearningRateScheduler(optim.lr_scheduler.ReduceLROnPlateau(_optimizer, patience: patience), () => 1, BoundaryKind.StepBoundary);
        }
        else if (make is not null)
        {
            Trainer.UseLearningRateScheduler(make(), _setup.Rates.EndsWith("epochs", StringComparison.Ordinal) ? BoundaryKind.EpochBoundary : BoundaryKind.StepBoundary);
        }
    }

    private LabeledBatch Query(int first) => new(_inputs.narrow(0, first * _setup.PerClass, 2 * _setup.PerClass), _labels.narrow(0, first * _setup.PerClass, 2 * _setup.PerClass));

    private IEnumerable<TrainingTask> Stream()
    {
        int[] tasks = _setup.HasOtherOrder ? [1, 0, 2] : [0, 1, 2];
        return tasks.Select(task => new TrainingTask(Examples(2 * task), Examples((2 * task) + 1)));
    }

    private ClassExamples Examples(int number) =>
        new(number == First && _setup.HasOtherLabel ? 7 : number, _inputs.narrow(0, number * _setup.PerClass, _setup.PerClass));

    private sealed class Relay(Action told) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => told();
    }
}
