namespace Zapping.Training.Benchmarks;

/// <summary>A work of ours and the script in <c>Compare/</c> that does the same in PyTorch.</summary>
/// <param name="Name">On the command line.</param>
/// <param name="Title">In tables.</param>
/// <param name="Create">Makes ours.</param>
/// <param name="Steps">How often a process does it at least; it gives the median.</param>
/// <param name="Script">File name of the script.</param>
/// <param name="ScriptArguments">What it is told besides the settings.</param>
internal sealed record ComparedWork(
    string Name, string Title, Func<WorkSettings, Work> Create, int Steps, string Script, params string[] ScriptArguments)
{
    public static IReadOnlyList<ComparedWork> All { get; } =
    [
        Reset(1, "reset of 1 row"),
        Reset(32, "reset of 32 rows"),
        Reset(1000, "reset of 1000 rows"),
        new("iid", "i.i.d. step, 256 images", of => StepWork.Iid(of.Width), 5, "iid_step.py"),
        new("asb", "ASB episode", of => EpisodeWork.Asb(of.Width), 5, "asb_episode.py"),
        new("meta-asb", "Meta-ASB episode", of => EpisodeWork.MetaAsb(of.Width, of.WeightSnapshotInterval), 3, "meta_asb_episode.py"),
        new("head-transfer", "head-only transfer, step by step through the whole network", HeadTransfer, 1, "head_transfer.py"),
        new("head-transfer-features", "head-only transfer, PyTorch with features once", HeadTransfer, 1, "head_transfer_features.py"),
        new("unfrozen-transfer", "sequential transfer of the whole network", of => new UnfrozenTransferWork(of.Classes, of.Width, of.Rates), 1, "unfrozen_transfer.py"),
    ];

    public static string[] Names { get; } = [.. All.Select(work => work.Name)];

    public static ComparedWork Named(string name) => All.Single(work => work.Name == name);

    private static ComparedWork Reset(int rows, string title) =>
        new($"reset-{rows}", title, _ => new ResetWork(HeadShape.Paper, rows), 30, "reset.py", "--rows", $"{rows}");

    private static HeadTransferWork HeadTransfer(WorkSettings of) => new(of.Classes, of.Width, of.Rates);
}
