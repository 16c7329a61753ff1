
namespace Zapping.CommandLine;

/// <summary>Why a command cannot go on. <see cref="Exception.Message"/> is one line, shown to the user as it is.</summary>
public class CommandException : Exception
{
    /// <summary>Without a reason.</summary>
    public CommandException()
    {
    }

    /// <summary>With a reason.</summary>
    /// <param name="message">What is wrong, where, and the way out; line breaks become spaces.</param>
    public CommandException(string message)
        : base(OneLine.Of(message))
    {
    }

    /// <summary>With a reason, and what was caught.</summary>
    /// <param name="message">What is wrong, where, and the way out; line breaks become spaces.</param>
    /// <param name="innerException">What was caught.</param>
    public CommandException(string message, Exception? innerException)
        : base(OneLine.Of(message), innerException)
    {
    }

    /// <summary>What the program tells the shell.</summary>
    public virtual int ExitCode => ExitCodes.NotUsable;
}
