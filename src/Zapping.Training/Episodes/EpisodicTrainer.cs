using TorchSharp.Modules;
using Zapping.Training.Data;
using Zapping.Training.Episodes;
using Zapping.Training.Optimizers;
using Zapping.Training.Parameters;
using Zapping.Training.Steps;
using Zapping.Training.Telemetry;
using Zapping.Training.Torch;
using Zapping.Training.Validation;
using static TorchSharp.torch;

namespace Zapping.Training;

/// <summary>
/// Trains in episodes: the images of one class, one after another with plain SGD (the inner loop), then one step of
/// the outer optimizer on these and randomly remembered images. An episode begins with a
/// <see cref="BoundaryKind.ClassBoundary"/> of its class and a <see cref="BoundaryKind.StepBoundary"/>, at which
/// rows are reset: <c>trainer.UseZapping(every: ClassBoundary)</c>.
/// </summary>
public abstract class EpisodicTrainer : Trainer
{
    private readonly ForwardPass _forward;
    private readonly BatchStatistics _statistics;
    private readonly EpisodeMeter _meter;
    private readonly int _measurePeriod;
    private readonly FusedLinearUpdate? _folded;

    private protected EpisodicTrainer(
        nn.Module<Tensor, Tensor> model,
        IReadOnlyList<optim.Optimizer> optimizers,
        EpisodicOptions options,
        Func<Tensor, Tensor, Tensor>? loss)
        : base(model, optimizers)
    {
        if (optimizers.Any(o => o is not OptimizerHelper))
        {
            throw new NotSupportedException("A native optimizer (LBFGS) evaluates the loss itself and cannot make the outer step of an episode.");
        }

        Model = model;
        _forward = new ForwardPass(model, loss ?? ClassLoss.CrossEntropy);
        _statistics = new BatchStatistics(model);
        InnerLearningRate = Guard.NonNegative(options.InnerLearningRate);
        InnerParameters = options.InnerParameters;
        InnerParameters.Resolve(model);
        _measurePeriod = options.MeasurePeriod;
        _meter = new EpisodeMeter(model, _forward.Loss);
        _folded = options.FusedUpdateLayer is { } layer ? Fold(layer) : null;
    }

    /// <summary>The model that is trained: inputs [n, …] to outputs, usually logits [n, classes].</summary>
    public new nn.Module<Tensor, Tensor> Model { get; }

    private protected double InnerLearningRate { get; }

    private protected ParameterFilter InnerParameters { get; }

    /// <summary>Trains for some episodes; <see cref="Trainer.State"/> counts them as steps and says which comes next.</summary>
    /// <param name="source">Asked for one episode at a time.</param>
    /// <param name="episodes">How many, at least 0.</param>
    /// <param name="progress">Told after each episode.</param>
    /// <param name="cancellationToken">Ends training between two episodes.</param>
    /// <exception cref="OperationCanceledException">Training was canceled; the model has the last finished episode.</exception>
    /// <exception cref="NonFiniteStepException">A loss is NaN or infinite.</exception>
    public TrainingSummary Fit(
        IEpisodeSource source,
        long episodes,
        IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentOutOfRangeException.ThrowIfNegative(episodes);
        using var turn = Acquire();
        using var activity = TrainingTelemetry.Fit(GetType().Name);
        EnsureTrainable();
        var description = FeedDescription.Of(FeedDescription.Episodes, source);
        Feeds.Continue(description, State);
        var feed = Feeds.Begin(description);
        Stop = StopRequest.None;
        var run = new FitProgress(episodes, progress, cancellationToken);
        for (long i = 0; i < episodes && Stop == StopRequest.None; i++)
        {
            run.ThrowIfCancelled();
            using var scope = NewDisposeScope(); // what the source makes for an episode goes with it
            var episode = source.Episode(State.Steps);
            run.Add(Make(episode), episode.Inner.Labels.shape[0] + episode.Outer.Labels.shape[0]);
            FollowStep();
        }

        return EndFit(feed, run);
    }

    /// <summary>Makes one episode.</summary>
    /// <param name="episode">Its images, on the model's device.</param>
    /// <returns>The loss on the outer batch, after the inner loop and before the outer step.</returns>
    /// <exception cref="ArgumentException">The outer batch is neither inner and remember images nor the latter alone.</exception>
    /// <exception cref="NonFiniteStepException">A loss is NaN or infinite; the outer step was not made.</exception>
    public double TrainEpisode(Episode episode)
    {
        ArgumentNullException.ThrowIfNull(episode);
        using var turn = Acquire();
        GradientMode.EnsureOn();
        return Make(episode);
    }

    private double Make(Episode episode)
    {
        EnsureWhole(episode);
        EnsureFitsAlone(episode.Inner.Inputs);
        var boundary = TrainingBoundary.Class(State.Classes, episode.ClassId);
        var index = State.Steps;
        Signal(boundary, State with { Classes = State.Classes + 1 });
        SignalStep();

        using var scope = NewDisposeScope();
        var measured = Observers.Count > 0 && _measurePeriod > 0 && index % _measurePeriod == 0;
        EpisodeMeasure? adapted = null;
        var gradient = Pass.Prepare(
            () => OuterGradient(episode, boundary, atAdapted: o => adapted = measured ? _meter.Measure(episode, o) : null), index, boundary, MovedForGood);
        var norm = gradient.Norm ?? (measured ? GradientNorm() : null);
        Pass.Update(gradient);
        Count(State with { Steps = index + 1, IsStepBegun = false });
        TrainingTelemetry.Stepped(GetType().Name);
        AdvanceLearningRates(BoundaryKind.StepBoundary);
        if (Observers.Count > 0)
        {
            var report = new EpisodeReport(
                index,
                episode.ClassId,
                gradient.Value,
                EpisodeMeter.Accuracy(gradient.Result.Outputs!, episode.Outer.Labels),
                norm,
                adapted,
                measured ? _meter.Measure(episode) : null);
            Tell(observer => observer.OnEpisode(report));
        }

        return gradient.Value;
    }

    /// <summary>
    /// Makes the inner loop and leaves the gradient of the outer step in the parameters of the outer optimizers.
    /// </summary>
    /// <param name="episode">The images.</param>
    /// <param name="boundary">For messages.</param>
    /// <param name="atAdapted">To be called with the outputs on the outer batch while the model has the adapted weights.</param>
    /// <returns>The loss on the outer batch, and the outputs there.</returns>
    private protected abstract StepResult OuterGradient(
        Episode episode, TrainingBoundary boundary, Action<Tensor> atAdapted);

    internal override IReadOnlyDictionary<string, object?> Settings => new Dictionary<string, object?>(base.Settings, StringComparer.Ordinal)
    {
        ["inner_learning_rate"] = InnerLearningRate,
        ["inner_parameters"] = InnerParameters.ResolveNamed(Model).Select(p => p.Name),
        ["fused_update_layer"] = Model.named_parameters().Where(p => _folded?.Has(p.parameter) == true).Select(p => p.name),
    };

    private protected override void EnsureSignaled(BoundaryKind kind)
    {
        if (kind is not (BoundaryKind.ClassBoundary or BoundaryKind.StepBoundary))
        {
            throw new ArgumentException(
                $"Episodes come with {BoundaryKind.ClassBoundary} and {BoundaryKind.StepBoundary}; there is no {kind} in them.");
        }
    }

    /// <summary>Parameters that the inner loop leaves moved.</summary>
    private protected virtual IEnumerable<(string Name, Parameter Parameter)> MovedForGood => [];

    /// <summary>
    /// The host waits for the losses of the whole inner loop at once: one that is not finite does no harm before that, as the weights of before are kept.
    /// </summary>
    /// <exception cref="NonFiniteStepException">One is NaN or infinite.</exception>
    private protected void EnsureFinite(LossBuffer losses, TrainingBoundary boundary)
    {
        foreach (var loss in losses.Values())
        {
            Pass.EnsureFinite(loss, State.Steps, boundary);
        }
    }

    private protected (Tensor Outputs, Tensor Loss) Forward(Tensor inputs, Tensor labels) => _forward.Forward(inputs, labels);

    private void EnsureFitsAlone(Tensor images)
    {
        using var one = images.narrow(0, 0, 1);
        _statistics.EnsureFor($"[{string.Join(", ", one.shape)}]", () => Model.call(one));
    }

    /// <summary>What image <paramref name="step"/> of the inner loop costs, as a batch of one.</summary>
    private protected Tensor InnerLoss(Episode episode, int step)
    {
        using var inputs = episode.Inner.Inputs.narrow(0, step, 1);
        using var labels = episode.Inner.Labels.narrow(0, step, 1);
        return Forward(inputs, labels).Loss;
    }

    /// <summary>theta = theta - a * the gradient of <see cref="InnerLoss"/>, in place.</summary>
    /// <param name="episode">Its inner images.</param>
    /// <param name="step">Which of them.</param>
    /// <param name="parameters">theta.</param>
    /// <param name="look">Given the loss before theta moves.</param>
    private protected void InnerStep(Episode episode, int step, IReadOnlyList<Parameter> parameters, Action<Tensor>? look = null)
    {
        using var watching = _folded?.Watch();
        var loss = InnerLoss(episode, step);
        look?.Invoke(loss);
        if (_folded is null)
        {
            FusedKernels.Descend(parameters, Gradients.Of(loss, parameters), InnerLearningRate);
            return;
        }

        List<Parameter> others = [.. parameters.Where(parameter => !_folded.Has(parameter))];
        var derivatives = Gradients.Of(loss, [.. others, _folded.Outputs]);
        FusedKernels.Descend(others, [.. derivatives.SkipLast(1)], InnerLearningRate);
        _folded.Descend(derivatives[^1], InnerLearningRate);
    }

    private protected override void Dispose(bool disposing)
    {
        _folded?.Dispose();
        base.Dispose(disposing);
    }

    private FusedLinearUpdate Fold(Linear layer)
    {
        var inner = InnerParameters.Resolve(Model);
        var catalog = new ParameterCatalog(Model);
        foreach (var parameter in new[] { layer.weight, layer.bias }.OfType<Parameter>())
        {
            var names = catalog.NamesOf(parameter);
            if (names.Count > 1 || !inner.Any(p => TensorIdentity.Same(p, parameter)))
            {
                throw new ArgumentException(
                    $"{nameof(EpisodicOptions.FusedUpdateLayer)} cannot be a layer with '{names[0]}', which "
                    + (names.Count > 1 ? $"'{names[1]}' shares." : "does not move in the inner loop."));
            }
        }

        return new FusedLinearUpdate(layer);
    }

    private double GradientNorm()
    {
        using var scope = NewDisposeScope();
        return Math.Sqrt(Pass.Parameters.Where(TrainingPass.HasGradient).Select(p => p.grad!.norm().to(ScalarType.Float64).item<double>()).Sum(norm => norm * norm));
    }

    private static void EnsureWhole(Episode episode)
    {
        var (inner, remember, outer) = (Count(episode.Inner), Count(episode.Remember), Count(episode.Outer));
        if (inner == 0 || outer == 0 || (outer != inner + remember && outer != remember))
        {
            throw new ArgumentException(
                $"An episode of {inner} inner and {remember} remember images cannot have an outer batch of {outer}: "
                + "it is both together or the latter alone, and neither it nor the inner loop may be empty.",
                nameof(episode));
        }

        static long Count(LabeledBatch images) => images.Labels.shape[0];
    }
}
