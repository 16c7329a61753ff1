using Zapping.Training;
using Zapping.Training.Data;
using Zapping.Training.Diagnostics;
using Zapping.Training.Optimizers;
using Zapping.Training.Penalties;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static Zapping.Training.BoundaryKind;

namespace Consumers.Programs;

/// <summary>The inputs stay, and each task draws new targets for them: which method fits the last task as well as the first?</summary>
public static class Plasticity
{
    private const int Examples = 128;

    public static IReadOnlyDictionary<string, (double FirstLoss, double LastLoss, double Dead)> Run(TextWriter output, int tasks, int stepsPerTask)
    {
        var inputs = randn(Examples, 16, generator: new Generator(3));
        var newTask = new ResetSchedule(TaskBoundary) { SkipFirst = true };
        return new Dictionary<string, Action<ContinualTrainer>>
        {
            ["backpropagation"] = _ => { },
            ["continual backpropagation"] = trainer => trainer.UseContinualBackprop(inputs, every: StepBoundary, options => (options.ReplacementRate, options.MaturityThreshold) = (1e-3, 50)),
            ["ReDo"] = trainer => trainer.UseReDo(inputs, every: new(StepBoundary) { Period = 100, SkipFirst = true }),
            ["shrink and perturb"] = trainer => trainer.UseShrinkAndPerturb(newTask),
            ["L2 Init"] = trainer =>
            {
                var penalty = new L2InitPenalty(trainer.Model, 1e-4);
                trainer.UseLoss(penalty).RegisterForDispose(penalty);
            },
            ["head reset"] = trainer => trainer.UseZapping(newTask, ZapOptions.Recommended with { Head = "out" }),
        }.ToDictionary(method => method.Key, method => Measure(method.Key, method.Value));

        (double FirstLoss, double LastLoss, double Dead) Measure(string name, Action<ContinualTrainer> configure)
        {
            random.manual_seed(3);
            using var model = Sequential(("hidden1", Linear(16, 64)), ("relu1", ReLU()), ("hidden2", Linear(64, 64)), ("relu2", ReLU()), ("out", Linear(64, 1)));
            using var optimizer = new FusedAdam(model.parameters(), 1e-2);
            using var trainer = new ContinualTrainer(model, optimizer, (outputs, targets) => functional.mse_loss(outputs, targets));
            configure(trainer);
            var (last, losses) = (0.0, new List<double>());
            trainer.OnStep(step => last = step.Loss).OnTaskEnded(_ => losses.Add(last));
            trainer.Fit(Enumerable.Range(0, tasks).Select(_ => new Experience(new ShuffledBatches(inputs, randn(Examples, 1), Examples), stepsPerTask)));
            var dead = new RepresentationProbe(model, inputs, new() { Head = "out" }).Measure().Layers.Max(layer => layer.DeadFraction);
            output.WriteLine($"{name,-26} loss {losses[0]:f3} -> {losses[^1]:f3}, {dead:p0} of units dead");
            return (losses[0], losses[^1], dead);
        }
    }
}
