namespace PaperCurves.Commands;

/// <summary>What the app tells the shell.</summary>
internal static class ExitCodes
{
    public const int Done = 0;

    /// <summary>Data, device or an earlier run's files cannot be used; one line on the console says which.</summary>
    public const int NotUsable = 2;

    /// <summary>Ended by Ctrl-C or SIGTERM; everything is saved, and --resume goes on.</summary>
    public const int Interrupted = 130;
}
