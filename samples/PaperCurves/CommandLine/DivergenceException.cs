using PaperCurves.CommandLine;

namespace PaperCurves;

/// <summary>A loss became NaN or infinite; the message says in which network, at which step, and what is left.</summary>
public sealed class DivergenceException : CommandException
{
    public DivergenceException()
    {
    }

    public DivergenceException(string message)
        : base(message)
    {
    }

    public DivergenceException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <inheritdoc/>
    public override int ExitCode => ExitCodes.Diverged;
}
