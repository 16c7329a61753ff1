namespace Zapping.CommandLine;

/// <summary>What a program tells the shell. docs/guides/reproduce-the-paper.md lists the codes for users.</summary>
public static class ExitCodes
{
    /// <summary>The work is done.</summary>
    public const int Done = 0;

    /// <summary>Arguments, data, device or files cannot be used; one line on standard error says which.</summary>
    public const int NotUsable = 2;

    /// <summary>A loss became NaN or infinite.</summary>
    public const int Diverged = 3;

    /// <summary>Some cells of a sweep could not be made; the others are there.</summary>
    public const int CellsFailed = 4;

    /// <summary>An error in the program itself; sysexits.h calls it EX_SOFTWARE.</summary>
    public const int Unforeseen = 70;

    /// <summary>Ended by Ctrl-C, SIGTERM, SIGHUP or SIGQUIT; everything is saved, and --resume goes on.</summary>
    public const int Interrupted = 130;
}
