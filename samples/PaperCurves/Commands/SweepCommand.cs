using System.CommandLine;
using PaperCurves.Sweeps;
using Zapping.Datasets;
using static TorchSharp.torch;

namespace PaperCurves.Commands;

/// <summary>sweep: many networks, each transferred in many ways, from one file.</summary>
internal static class SweepCommand
{
    /// <param name="work">Makes cells on a data set and a device; disposed of after a run if it can be.</param>
    public static Command Create(Func<ClassificationData, Device, ICellExecutor> work) =>
        new("sweep", "Many networks, each transferred in many ways, as one file says; stopped and started at will.")
        {
            SweepRunCommand.Create(work),
            SweepStatusCommand.Create(),
            SweepCollectCommand.Create(),
            SweepPackCommand.Create(),
        };
}
