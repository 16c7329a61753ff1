using PaperCurves.Experiments;
using TorchSharp.Modules;
using Zapping.Training;

namespace PaperCurves.Transfer;

/// <summary>Every transfer starts from a fresh classifier: weights normal with std sqrt(2 / D), bias 0 - a zap of all rows.</summary>
internal static class HeadReset
{
    public static void Apply(TorchSharp.torch.nn.Module model, Linear classifier, int trial)
    {
        var everything = new ZapOptions
        {
            Head = HeadSelector.Layer(classifier),
            Units = UnitSelection.All,
            Bias = BiasReset.Zero,
        };
        var once = new ResetSchedule(BoundaryKind.TaskBoundary) { Seed = Seeds.Of((ulong)trial, "transfer head") };
        new ZapScheduler(model, [], new ZapPolicy(everything), once).Signal(BoundaryKind.TaskBoundary);
    }
}
