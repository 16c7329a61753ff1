using System.Diagnostics;
using TorchSharp.Modules;
using Zapping.Training;
using Zapping.Training.Diagnostics;
using Zapping.Training.HiddenUnits;
using static TorchSharp.torch;
using static Zapping.Training.BoundaryKind;

namespace Zapping.Plasticity;

/// <summary>
/// Trains a network on a problem's stream and measures it:
/// <code>
/// using var images = ImageTable.OfMnist("path/to/mnist");
/// var run = new PlasticityRun(new RandomLabels(images), seed: 0);
/// var result = run.Go(parameters => new FusedAdam(parameters, 1e-3), trainer => trainer.UseZapping(every: TaskBoundary));
/// </code>
/// </summary>
/// <param name="problem">The problem.</param>
/// <param name="seed">Of tasks, order and first weights.</param>
/// <threadsafety>Runs of several threads do not disturb each other.</threadsafety>
public sealed class PlasticityRun(PlasticityProblem problem, ulong seed)
{
    private const int Measured = 1000;

    /// <summary>Whether <see cref="TaskResult.Plasticity"/> is measured, which costs a forward pass a step. Default: no.</summary>
    public bool MeasuresPlasticity { get; init; }

    /// <summary>Trains from the first task on, until the last one is finished or a step is not finite.</summary>
    /// <param name="optimizer">Makes the optimizer.</param>
    /// <param name="configure">Adds what is to be measured; the model is the trainer's, and a task begins with a <see cref="TaskBoundary"/>.</param>
    /// <param name="tasks">How many tasks, at least 1; default: those of the problem.</param>
    /// <param name="progress">Told how many tasks are done.</param>
    /// <param name="cancellationToken">Ends the run between two steps.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public PlasticityResult Go(
        Func<IEnumerable<Parameter>, optim.Optimizer> optimizer,
        Action<ContinualTrainer>? configure = null,
        int? tasks = null,
        IProgress<int>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        var count = tasks ?? problem.Tasks;
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count, nameof(tasks));
        using var scope = NewDisposeScope();
        using var model = problem.CreateModel(seed);
        using var ownOptimizer = optimizer(model.parameters());
        using var trainer = new ContinualTrainer(model, [ownOptimizer], problem.Loss);
        configure?.Invoke(trainer);
        if (problem.NewOptimizerPerTask)
        {
            trainer.UseReset(new ResetSchedule(TaskBoundary) { SkipFirst = true, Name = "new optimizer" }, OptimizerAnew);
        }

        var meter = new TaskMeter(model, classifies: problem.Loss is null);
        trainer.UseObserver(meter);
        var plasticity = MeasuresPlasticity ? new PlasticityMeter() : null;
        if (plasticity is not null)
        {
            trainer.UsePlasticityMeter(plasticity);
        }

        var results = new List<TaskResult>();
        var watch = new Stopwatch();
        for (var index = 0; index < count; index++)
        {
            using var ofTask = NewDisposeScope();
            var task = problem.Task(seed, index);
            meter.Begin();
            plasticity?.Reset();
            watch.Start();
            trainer.BeginTask();
            try
            {
                Learn(trainer, task, index, meter, cancellationToken);
            }
            catch (NonFiniteStepException diverged)
            {
                return Result() with { Diverged = $"task {index + 1}: {diverged.Message}" };
            }

            watch.Stop();
            results.Add(Measure(model, task, meter) with { Plasticity = plasticity?.Mean });
            progress?.Report(index + 1);
        }

        return Result();

        PlasticityResult Result() => new(results, watch.Elapsed.TotalSeconds, trainer.Schedulers.Sum(scheduler => scheduler.State.Resets));
    }

    /// <summary>Weights stay, and the optimizer begins anew.</summary>
    internal static IResetPolicy OptimizerAnew { get; } =
        new ShrinkAndPerturbPolicy(new() { Shrink = 1, Perturb = 0, OptimizerState = OptimizerStateReset.Parameter });

    private void Learn(ContinualTrainer trainer, PlasticityTask task, int index, TaskMeter meter, CancellationToken cancellationToken)
    {
        var perEpoch = (int)(task.Inputs.size(0) / task.BatchSize);
        for (var epoch = 0; epoch < task.Epochs; epoch++)
        {
            if (task.EnoughAccuracy is not null)
            {
                meter.Begin();
            }

            using var ofEpoch = NewDisposeScope();
            var order = Draws.Permutation(task.Inputs.size(0), seed, $"order {index}", epoch);
            for (var step = 0; step < perEpoch; step++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                using var ofStep = NewDisposeScope();
                var chosen = order.narrow(0, (long)step * task.BatchSize, task.BatchSize);
                trainer.TrainStep(task.Inputs.index_select(0, chosen), task.Labels.index_select(0, chosen));
            }

            if (meter.Online >= task.EnoughAccuracy)
            {
                return;
            }
        }
    }

    private static TaskResult Measure(Sequential model, PlasticityTask task, TaskMeter meter)
    {
        using var noGrad = no_grad();
        var batch = task.Inputs.narrow(0, 0, Math.Min(Measured, task.Inputs.size(0)));
        var graph = UnitGraph.Trace(model, batch, isNormalization: null);
        var seen = new RepresentationProbe(model, batch, new() { Head = HeadSelector.ByName("head"), Units = graph }).Measure();
        var units = seen.Layers.Sum(layer => layer.Units);
        return new(
            meter.Online,
            meter.Loss,
            task.Final is var (inputs, labels) ? model.call(inputs).argmax(1).eq(labels).to(ScalarType.Float64).mean().item<double>() : null,
            seen.Layers.Sum(layer => layer.DeadFraction * layer.Units) / units,
            seen.Features.EffectiveRank,
            new WeightProbe(model, HeadSelector.ByName("head")).Measure().Norm,
            meter.GradientNorm);
    }
}
