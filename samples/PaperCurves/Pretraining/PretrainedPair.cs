using PaperCurves.Experiments;

namespace PaperCurves.Pretraining;

/// <summary>Where two networks are that differ in zapping.</summary>
/// <param name="Without">Folder of the one without.</param>
/// <param name="With">Folder of the one with.</param>
public sealed record PretrainedPair(string Without, string With)
{
    /// <summary>The two that "run" leaves in its folder.</summary>
    public static PretrainedPair Of(string folder) => new(FolderOf(folder, Arm.None), FolderOf(folder, Arm.Zap));

    /// <summary>Where "run" leaves one of them.</summary>
    public static string FolderOf(string folder, Arm arm) => Path.Combine(folder, "pretrained", arm.Key());

    /// <summary>Looks whether both can be read.</summary>
    /// <exception cref="PaperCurves.Data.DataException">One cannot.</exception>
    public void EnsureThere()
    {
        foreach (var arm in Enum.GetValues<Arm>())
        {
            PretrainedNetwork.PlanOf(this[arm]);
        }
    }

    /// <summary>The folder of one of them.</summary>
    public string this[Arm arm] => arm == Arm.Zap ? With : Without;
}
