using Zapping.Models;
using Zapping.Training.Policies;
using static TorchSharp.torch;

namespace Zapping.Training.Benchmarks;

/// <summary>Resets of hidden units of the paper's convnet, whose policies look at each forward pass of training.</summary>
internal static class UnitResets
{
    /// <summary>By name; each tells a trainer, which gets an example of the inputs.</summary>
    public static IReadOnlyDictionary<string, Action<ContinualTrainer, Tensor>> All { get; } =
        new Dictionary<string, Action<ContinualTrainer, Tensor>>(StringComparer.Ordinal)
        {
            ["dormant units"] = (trainer, example) => trainer.UseReDo(
                example, new ResetSchedule(BoundaryKind.StepBoundary) { Period = 1000, SkipFirst = true }, redo => redo.IsNormalization = IsNormalization),
            ["continual backpropagation"] = (trainer, example) => trainer.UseContinualBackprop(
                example, BoundaryKind.StepBoundary, backprop => backprop.IsNormalization = IsNormalization),
            ["self-normalized resets"] = (trainer, example) => trainer.UseSelfNormalizedResets(
                example, BoundaryKind.StepBoundary, resets => resets.IsNormalization = IsNormalization),
            ["ReGraMa"] = (trainer, example) => trainer.UseReGraMa(
                example, new ResetSchedule(BoundaryKind.StepBoundary) { Period = 1000, SkipFirst = true }, resets => resets.IsNormalization = IsNormalization),
        };

    private static bool IsNormalization(nn.Module module) => module is InstanceNorm;
}
