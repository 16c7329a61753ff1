using PaperCurves.Pretraining;

namespace PaperCurves.Sweeps;

/// <summary>Whether what was read is what a sweep asks for. A result counts only if it is of this cell and this version.</summary>
/// <param name="path">The file that was read, for messages.</param>
/// <param name="wayOut">What the user can do about it, for messages.</param>
internal sealed class CellCheck(string path, string wayOut)
{
    /// <exception cref="SweepException">The result is of another version, of another cell, or holds impossible numbers.</exception>
    public void EnsureUsable(TransferCell? cell, CellResult result)
    {
        if (result.Circumstances.OtherVersion() is { } versions)
        {
            throw Unusable($"made by {versions}. Give another --out");
        }

        if (cell is not null)
        {
            EnsureOf(cell, result, path);
        }

        EnsureNumbers(result);
    }

    /// <exception cref="SweepException">The result is not of this cell.</exception>
    public static void EnsureOf(TransferCell cell, CellResult result, string path)
    {
        var difference = JsonDifference.Between(CellIdentity.Of(result), CellIdentity.Of(cell));
        if (difference.Length > 0)
        {
            throw SweepException.At(
                path,
                1,
                $"made by other settings than the sweep file now gives: {difference}. "
                + "Put the sweep file back, give another --out, or move the result away");
        }
    }

    /// <exception cref="SweepException">The network was trained by another plan.</exception>
    public static void EnsureOf(PretrainingPlan asked, PretrainingPlan found, string network)
    {
        var difference = JsonDifference.Between(found.Essence() with { Length = found.Length }, asked.Essence() with { Length = asked.Length });
        if (difference.Length > 0)
        {
            throw new SweepException(
                $"{network}: trained by another plan than the sweep file now gives: {difference}. "
                + "Put the sweep file back, give another --out, or move the network's folder away");
        }
    }

    /// <exception cref="SweepException">There is another version.</exception>
    public static void EnsureSameVersion(string? versions, string path)
    {
        if (versions is not null)
        {
            throw new SweepException($"{path}: trained by {versions}. Give another --out, or move the network's folder away to train it again");
        }
    }

    /// <summary>What is wrong with the file.</summary>
    public SweepException Unusable(string problem) => SweepException.At(path, 1, $"{problem}. {wayOut}");

    private void EnsureNumbers(CellResult result)
    {
        if (result.Points.Count == 0)
        {
            throw Unusable("it has no evaluation");
        }

        var accuracies = result.Points.SelectMany(point => new[] { point.Query, point.Support }).OfType<CellAccuracy>();
        if (accuracies.Any(accuracy => accuracy is not { Top1: >= 0 and <= 1, Top5: >= 0 and <= 1 }) || !PretrainingRecord.IsDuration(result.Seconds))
        {
            throw Unusable("an accuracy is no fraction, or its seconds are no duration");
        }
    }
}
