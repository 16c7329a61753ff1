using Zapping.Training;
using static TorchSharp.torch;

namespace PaperCurves.Pretraining;

internal static class StepAccuracy
{
    /// <summary>The fraction of a step's batch that was recognized before the update.</summary>
    public static double Accuracy(this TrainingStep made)
    {
        using var scope = NewDisposeScope();
        return made.Outputs.argmax(1).eq(made.Labels).to(ScalarType.Float64).mean().item<double>();
    }
}
