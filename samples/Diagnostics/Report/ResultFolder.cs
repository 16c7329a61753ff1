using Diagnostics.Training;

namespace Diagnostics.Report;

/// <summary>All files of a run.</summary>
internal static class ResultFolder
{
    /// <param name="folder">Made if it is not there; the files in it are replaced.</param>
    /// <param name="arms">Both.</param>
    public static void Write(string folder, IReadOnlyList<ArmResult> arms)
    {
        var events = Path.Combine(folder, "tensorboard");
        if (Directory.Exists(events))
        {
            Directory.Delete(events, recursive: true); // event files have new names each time, and TensorBoard would mix the runs
        }

        Directory.CreateDirectory(folder);
        CsvFiles.Write(Path.Combine(folder, "diagnostics.csv"), arms.SelectMany(Measurement.Of));
        CsvFiles.Write(Path.Combine(folder, "matrices.csv"), arms.SelectMany(CsvFiles.Entries));
        foreach (var arm in arms)
        {
            TensorBoardFiles.Write(events, arm);
        }

        LinePlots.Save(Path.Combine(folder, "diagnostics.png"), arms);
        HeatMaps.Save(Path.Combine(folder, "matrices.png"), arms);
    }
}
