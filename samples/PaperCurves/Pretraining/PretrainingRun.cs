using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using PaperCurves.Files;
using PaperCurves.Progress;
using TorchSharp;
using Zapping.Models;
using Zapping.Training;
using Zapping.Training.Checkpoints;
using Zapping.Training.Data;
using Zapping.Training.Episodes;
using Zapping.Training.Optimizers;
using Zapping.Training.Parameters;
using static TorchSharp.torch;

namespace PaperCurves.Pretraining;

/// <summary>One network on its way: the model, and the trainer and data that its plan asks for.</summary>
public sealed class PretrainingRun : IDisposable
{
    /// <summary>Where i.i.d. training leaves its steps.</summary>
    public const string StepsFile = "steps.csv";

    /// <summary>Where episodic training leaves its episodes.</summary>
    public const string EpisodesFile = "episodes.csv";

    private const int ImagesAtAGlance = 500;

    private readonly PretrainingPlan _plan;
    private readonly PretrainingSplit _split;
    private readonly optim.Optimizer _optimizer;
    private readonly Trainer _trainer;
    private readonly LiveFigures _figures = new();

    /// <summary>Builds everything; both arms of a plan start from the same weights and see the same data.</summary>
    /// <param name="plan">What to do.</param>
    /// <param name="split">On what; stays the caller's.</param>
    /// <param name="device">Where.</param>
    public PretrainingRun(PretrainingPlan plan, PretrainingSplit split, Device device)
    {
        _plan = plan;
        _split = split;
        Model = ModelCatalog.Create(plan.Model, plan.Units, plan.Width, plan.ImageSize, plan.Channels, Seeds.Of(plan.Seed, "initial weights"));
        Model.to(device);
        _optimizer = plan.Optimizer == OptimizerKind.Adam
            ? new FusedAdam(Model.parameters(), plan.LearningRate)
            : new FusedSgd(Model.parameters(), plan.LearningRate, momentum: 0.9, weight_decay: 1e-4);
        _trainer = plan.Method switch
        {
            Method.Iid => Iid(),
            Method.Asb => new AsbTrainer(Model, _optimizer, Episodic(new AsbOptions { AccumulateInnerGradients = true })),
            _ => new MetaAsbTrainer(Model, _optimizer, Episodic(new MetaAsbOptions { FirstOrder = plan.FirstOrder })),
        };
        _trainer.UseObserver(_figures);
        UseZapping();
        UseLearningRates();
    }

    /// <summary>The network.</summary>
    public ImageClassifier Model { get; }

    /// <summary>Steps or episodes made.</summary>
    public long Steps => _trainer.State.Steps;

    /// <summary>Writes what happens to steps.csv or episodes.csv, from where training is; disposing of the result closes the file.</summary>
    /// <param name="folder">Where the file belongs.</param>
    public IDisposable Log(string folder)
    {
        if (_plan.Method == Method.Iid)
        {
            var steps = new StepLog(Path.Combine(folder, StepsFile), _trainer.State, GlanceAtValidation);
            _trainer.UseObserver(steps);
            return steps;
        }

        var episodes = new EpisodeLog(Path.Combine(folder, EpisodesFile), Steps);
        _trainer.UseObserver(episodes);
        return episodes;
    }

    /// <summary>Goes on from a checkpoint, if one is named, and saves beside it from now on.</summary>
    /// <param name="store">Where checkpoints are.</param>
    /// <param name="checkpoint">Name of a checkpoint, or null to begin anew.</param>
    /// <exception cref="CheckpointException">It cannot be used.</exception>
    public void UseCheckpoints(CheckpointStore store, string? checkpoint)
    {
        if (checkpoint is not null)
        {
            store.Resume(_trainer, checkpoint);
        }

        _trainer.UseCheckpoints(store, _plan.SaveEvery, () => IsScored ? Top1And5(_split.Validation, default).Top1 : null, Notes());
    }

    /// <summary>Saves now, as when training is interrupted.</summary>
    public Checkpoint Save(CheckpointStore store, PretrainingResult? result = null) =>
        store.Save(_trainer, result?.ValidationAccuracy, Notes(result));

    /// <summary>Trains to the end of the plan, from wherever it is.</summary>
    /// <exception cref="OperationCanceledException">Interrupted between two steps.</exception>
    public PretrainingResult Train(IProgressReporter reporter, CancellationToken cancellationToken)
    {
        var started = Stopwatch.StartNew();
        using (var line = reporter.Begin($"{_plan.Method.Title()} ({_plan.ResetsKey()})", Total, Unit, Done))
        {
            var progress = new Relay(line, _figures, _plan.Method);
            if (_trainer is EpisodicTrainer episodic)
            {
                episodic.Fit(Episodes(), Math.Max(0, _plan.Length - Steps), progress, cancellationToken);
            }
            else
            {
                ((ContinualTrainer)_trainer).Fit(Batches(), (int)Math.Max(0, _plan.Length - _trainer.State.FinishedEpochs), progress, cancellationToken);
            }
        }

        using var evaluation = reporter.Begin("evaluating", 2, "halves");
        var training = Top1And5(_split.Training, cancellationToken);
        evaluation.Advance(1);
        (double Top1, double Top5)? validation = ValidationImages > 0 ? Top1And5(_split.Validation, cancellationToken) : null;
        evaluation.Advance(1);
        return new PretrainingResult(
            _plan.Method, Steps, started.Elapsed.TotalSeconds, _figures.Loss, training.Top1, validation?.Top1, training.Top5, validation?.Top5);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _trainer.Dispose();
        _optimizer.Dispose();
        Model.Dispose();
    }

    // A pass over all validation images, so not at every save.
    private bool IsScored => Steps % 1000 == 0 && ValidationImages > 0;

    private long ValidationImages => _split.Validation.Labels.shape[0];

    // The validation images lie class by class: every few of them is a fair choice of classes.
    private double? GlanceAtValidation()
    {
        if (ValidationImages == 0)
        {
            return null;
        }

        using var scope = NewDisposeScope();
        var few = TensorIndex.Slice(step: Math.Max(1, ValidationImages / ImagesAtAGlance));
        return Top1And5((_split.Validation.Inputs[few], _split.Validation.Labels[few]), default).Top1;
    }

    private double Total => _plan.Method == Method.Iid ? (double)_split.Training.Inputs.shape[0] * _plan.Length : _plan.Length;

    private int IidSteps => (int)(Batches().BatchesPerEpoch!.Value * _plan.Length);

    private string Unit => _plan.Method == Method.Iid ? "images" : "episodes";

    private double Done => _plan.Method == Method.Iid
        ? (_trainer.State.FinishedEpochs * _split.Training.Inputs.shape[0]) + (_trainer.State.EpochSteps * _plan.BatchSize ?? 0)
        : Steps;

    private Dictionary<string, string> Notes(PretrainingResult? result = null)
    {
        var notes = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [PretrainedNetwork.PlanNote] = JsonSerializer.Serialize(_plan, JsonDefaults.Options),
        };
        if (result is not null)
        {
            notes[PretrainedNetwork.ResultNote] = JsonSerializer.Serialize(result, JsonDefaults.Options);
            notes[PretrainedNetwork.CircumstancesNote] = JsonSerializer.Serialize(new Circumstances(), JsonDefaults.Options);
        }

        return notes;
    }

    private ContinualTrainer Iid()
    {
        var trainer = new ContinualTrainer(Model, _optimizer);
        return Model.MixesImages ? trainer : trainer.UseGradientAccumulation(ImageClassifier.ImagesAtATime);
    }

    private TOptions Episodic<TOptions>(TOptions options)
        where TOptions : EpisodicOptions
    {
        options.InnerLearningRate = _plan.InnerLearningRate;
        options.InnerParameters = ParameterFilter.Where(Model.MovesInside);
        options.MeasurePeriod = 10;
        options.FusedUpdateLayer = Model.Classifier;
        return options;
    }

    private void UseZapping()
    {
        if (!_plan.Zap)
        {
            return;
        }

        _trainer.UseZapping(
            PlannedResets.Schedule(_plan, () => IidSteps, Seeds.Of(_plan.Seed, "zaps")),
            PlannedResets.Options(_plan, HeadSelector.Layer(Model.Classifier)));
    }

    private void UseLearningRates()
    {
        if (_plan.Optimizer == OptimizerKind.SteppedSgd)
        {
            _trainer.UseLearningRateScheduler(optim.lr_scheduler.StepLR(_optimizer, 10));
        }

        if (_plan.Schedule == RateSchedule.Cosine)
        {
            _trainer.UseLearningRateScheduler(optim.lr_scheduler.CosineAnnealingLR(_optimizer, IidSteps), BoundaryKind.StepBoundary);
        }
    }

    private ShuffledBatches Batches()
    {
        var (inputs, labels) = _split.Training;
        return new ShuffledBatches(inputs, labels, _plan.BatchSize, Seeds.Of(_plan.Seed, "pre-training order"));
    }

    private EpisodeSampler Episodes()
    {
        var (inputs, labels) = _split.Training;
        var (validation, validationLabels) = _split.Validation;
        var options = new EpisodeOptions
        {
            Oversampling = Oversampling.DrawWithReplacement,
            RememberExamples = _plan.RememberImages,
            ValidationExamples = validation.shape[0] > 0 ? 64 : 0,
        };
        return new EpisodeSampler(
            new LabeledBatch(inputs, labels), options, Seeds.Of(_plan.Seed, "episodes"), new LabeledBatch(validation, validationLabels));
    }

    private (double Top1, double Top5) Top1And5((Tensor Inputs, Tensor Labels) images, CancellationToken cancellationToken) =>
        Evaluation.Top1And5(Model, images.Inputs, images.Labels, cancellationToken);

    // Both are told on the training thread, once a step: no need for Progress<T>'s queue.
    private sealed class Relay(IProgressLine line, LiveFigures figures, Method method) : IProgress<TrainingProgress>
    {
        private long _done;

        public void Report(TrainingProgress value)
        {
            var done = method == Method.Iid ? value.Examples : value.Steps;
            var note = figures is { Loss: { } loss, Accuracy: { } accuracy }
                ? string.Create(CultureInfo.InvariantCulture, $"loss {loss:f2}, accuracy {accuracy:p0}")
                : null;
            line.Advance(done - _done, note);
            _done = done;
        }
    }
}
