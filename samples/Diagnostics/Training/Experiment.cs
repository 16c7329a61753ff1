using Diagnostics.Data;
using TorchSharp.Modules;
using Zapping.Training;
using Zapping.Training.Data;
using Zapping.Training.Diagnostics;
using Zapping.Training.Evaluation;
using Zapping.Training.Optimizers;
using Zapping.Training.Parameters;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static Zapping.Training.BoundaryKind;

namespace Diagnostics.Training;

/// <summary>Trains one small network on tasks that come one after another, and measures all the while.</summary>
internal static class Experiment
{
    private const int Hidden = 100;
    private const int Support = 600;
    private const int Query = 300;
    private const int BatchSize = 30;
    private const int EpochsPerTask = 10;
    private const double LearningRate = 3e-3;
    private const int MeasurePeriod = 10;

    // Small enough for the change of loss to be nearly that of an infinitesimal step.
    private const double InterferenceStep = 1e-2;

    public static ArmResult Run(Arm arm, ulong seed, int tasks)
    {
        set_num_threads(1); // for tensors as small as these, threads wait for each other longer than they work
        using var scope = NewDisposeScope();
        using var data = new PermutedClusters(tasks, Support, Query, seed);
        var model = Network(seed);
        using var optimizer = new FusedAdam(model.parameters(), LearningRate);
        using var initial = ParameterSnapshot.Capture(model);

        var head = HeadSelector.ByName("head");
        var probed = cat([.. data.Query.Select(query => query.Inputs)]);
        var diagnostics = new DiagnosticsObserver(
            new RepresentationProbe(model, probed, new RepresentationOptions { Head = head }),
            new WeightProbe(model, head, initial),
            new DiagnosticsOptions { Period = MeasurePeriod, AroundResets = true });
        var matrices = new TaskMatrixObserver(new TaskEvaluator(model, data.Query));
        var recovery = RecoveryObserver.OfBoundaries(TaskBoundary);

        using var trainer = new ContinualTrainer(model, optimizer).UseObserver(diagnostics).UseObserver(matrices).UseObserver(recovery);
        if (arm == Arm.With)
        {
            // Adam's memory of the old rows would push the new ones about.
            var zap = new ZapOptions { Head = head, OptimizerState = OptimizerStateReset.Slice };
            trainer.UseZapping(every: new(TaskBoundary) { SkipFirst = true, Seed = seed }, zap);
        }

        Train(trainer, data, seed);
        matrices.Finish();
        return new ArmResult(
            arm,
            diagnostics.Records,
            recovery.Events,
            recovery.Losses,
            matrices.Accuracies,
            matrices.Losses,
            Interference.GradientCosines(model, data.Query),
            Interference.LossChanges(model, data.Query, InterferenceStep),
            recovery.Curves(new RecoveryOptions { MovingAverage = 3 }));
    }

    private static void Train(ContinualTrainer trainer, PermutedClusters data, ulong seed)
    {
        int[] classes = [.. Enumerable.Range(0, PermutedClusters.Classes)];
        foreach (var (inputs, labels) in data.Support)
        {
            trainer.BeginTask(classes);
            trainer.Fit(new ShuffledBatches(inputs, labels, BatchSize, seed), EpochsPerTask);
        }
    }

    private static Sequential Network(ulong seed)
    {
        var model = Sequential(
            ("hidden1", Linear(PermutedClusters.Dimensions, Hidden)), ("relu1", ReLU()),
            ("hidden2", Linear(Hidden, Hidden)), ("relu2", ReLU()),
            ("head", Linear(Hidden, PermutedClusters.Classes)));
        using var noGrad = no_grad();
        using var generator = new Generator(seed);
        foreach (var (_, parameter) in model.named_parameters())
        {
            // He et al. (ICCV 2015) for weights, 0 for biases.
            _ = parameter.dim() == 1 ? parameter.zero_() : parameter.normal_(0, Math.Sqrt(2.0 / parameter.size(1)), generator);
        }

        return model;
    }
}
