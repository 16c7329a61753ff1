namespace PaperCurves.Commands;

/// <summary>What the app tells the shell.</summary>
internal static class ExitCodes
{
    public const int Done = 0;

    /// <summary>Data, device or files cannot be used, or cells of a sweep could not be made; lines on the console say which.</summary>
    public const int NotUsable = 2;

    /// <summary>Ended by Ctrl-C or SIGTERM; everything is saved, and --resume goes on.</summary>
    public const int Interrupted = 130;
}
