
namespace Zapping.CommandLine;

/// <summary>A loss became NaN or infinite; the message says in which network, at which step, and what is left.</summary>
public sealed class DivergenceException : CommandException
{
    /// <summary>Without a reason.</summary>
    public DivergenceException()
    {
    }

    /// <summary>With a reason.</summary>
    /// <param name="message">What is wrong, where, and the way out; line breaks become spaces.</param>
    public DivergenceException(string message)
        : base(message)
    {
    }

    /// <summary>With a reason, and what was caught.</summary>
    /// <param name="message">What is wrong, where, and the way out; line breaks become spaces.</param>
    /// <param name="innerException">What was caught.</param>
    public DivergenceException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <inheritdoc/>
    public override int ExitCode => ExitCodes.Diverged;
}
