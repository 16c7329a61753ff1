using Diagnostics.Training;
using Zapping.Training.Diagnostics;
using static TorchSharp.torch.utils;

namespace Diagnostics.Report;

/// <summary>The measurements as TensorBoard event files: a run for each arm, a scalar for each quantity of each subject.</summary>
internal static class TensorBoardFiles
{
    public static void Write(string folder, ArmResult result)
    {
        var writer = tensorboard.SummaryWriter(Path.Combine(folder, result.Arm.Title().Replace(' ', '-')), createRunName: false);
        for (var step = 0; step < result.Losses.Count; step++)
        {
            writer.add_scalar("training loss", (float)result.Losses[step], step);
        }

        // What is measured right before a reset is what the step before has left, and would be a second point at the same step.
        foreach (var measurement in Measurement.Of(result).Where(m => m.Moment == DiagnosticsMoment.Step && double.IsFinite(m.Value)))
        {
            writer.add_scalar($"{measurement.Quantity}/{measurement.Subject}", (float)measurement.Value, (int)measurement.Steps);
        }
    }
}
