using Zapping.Models;
using static TorchSharp.torch;

namespace Zapping.Training.Benchmarks;

/// <summary>Resets of hidden units of the paper's convnet, whose policies look at each forward pass of training.</summary>
internal static class UnitResets
{
    /// <summary>By name; each tells a trainer, which gets an example of the inputs.</summary>
    public static IReadOnlyDictionary<string, Action<ContinualTrainer, Tensor>> All { get; } =
        new Dictionary<string, Action<ContinualTrainer, Tensor>>(StringComparer.Ordinal)
        {
            ["dormant units"] = (trainer, example) => trainer.UseDormantUnitReset(
                example, new ResetSchedule(BoundaryKind.StepBoundary) { Period = 1000, SkipFirst = true }, normalisations: IsNormalisation),
            ["continual backpropagation"] = (trainer, example) => trainer.UseContinualBackprop(example, normalisations: IsNormalisation),
        };

    private static bool IsNormalisation(nn.Module module) => module is InstanceNorm;
}
