using TorchSharp.Modules;
using Zapping.Training.Optimizers;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Optimizers;

/// <summary>Each fused optimizer beside TorchSharp's own with the same numbers, where both do the same.</summary>
internal static class FusedPairs
{
    public static Dictionary<string, (Func<IEnumerable<Parameter>, OptimizerHelper> Fused, Func<IEnumerable<Parameter>, OptimizerHelper> Plain)> All { get; } =
        new(StringComparer.Ordinal)
        {
            ["SGD"] = (p => new FusedSgd(p, 0.05), p => new SGD(p, 0.05)),
            ["SGD, decay"] = (p => new FusedSgd(p, 0.05, weight_decay: 0.1), p => new SGD(p, 0.05, weight_decay: 0.1)),
            ["SGD, momentum"] = (p => new FusedSgd(p, 0.05, 0.9, 0.2), p => new SGD(p, 0.05, 0.9, 0.2)),
            ["SGD, nesterov"] = (p => new FusedSgd(p, 0.05, 0.9, nesterov: true), p => new SGD(p, 0.05, 0.9, nesterov: true)),
            ["SGD, maximize"] = (p => new FusedSgd(p, 0.05, 0.9, maximize: true), p => new SGD(p, 0.05, 0.9, maximize: true)),
            ["Adam"] = (p => new FusedAdam(p, 0.05), p => new Adam(p, 0.05)),
            ["Adam, all"] = (
                p => new FusedAdam(p, 0.05, 0.8, 0.9, 1e-6, 0.1, amsgrad: true, maximize: true),
                p => new Adam(p, 0.05, 0.8, 0.9, 1e-6, 0.1, amsgrad: true, maximize: true)),
            ["AdamW"] = (p => new FusedAdamW(p, 0.05), p => new AdamW(p, 0.05)),
            ["AdamW, all"] = (
                p => new FusedAdamW(p, 0.05, 0.8, 0.9, 1e-6, 0.1, amsgrad: true, maximize: true),
                p => new AdamW(p, 0.05, 0.8, 0.9, 1e-6, 0.1, amsgrad: true, maximize: true)),
        };

    public static IEnumerable<string> Names => All.Keys;

    /// <summary>A parameter of given values, in memory of its own.</summary>
    public static Parameter Copy(Tensor values) => new(values.detach().clone());

    public static double Difference(Tensor one, Tensor other) => one.numel() == 0
        ? 0
        : (one.detach().cpu().to(ScalarType.Float64) - other.detach().cpu().to(ScalarType.Float64)).abs().max().item<double>();
}
