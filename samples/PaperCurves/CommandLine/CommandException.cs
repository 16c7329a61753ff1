using PaperCurves.CommandLine;

namespace PaperCurves;

/// <summary>Why a command cannot go on. <see cref="Exception.Message"/> is one line, shown to the user as it is.</summary>
public class CommandException : Exception
{
    public CommandException()
    {
    }

    public CommandException(string message)
        : base(OneLine.Of(message))
    {
    }

    public CommandException(string message, Exception? innerException)
        : base(OneLine.Of(message), innerException)
    {
    }

    /// <summary>What the program tells the shell.</summary>
    public virtual int ExitCode => ExitCodes.NotUsable;
}
