using Zapping.CommandLine;

namespace Zapping.Datasets;

/// <summary>
/// The data set is missing, incomplete or damaged. <see cref="Exception.Message"/> is one line that names the file
/// (and the entry, for an archive) and is meant to be shown to the user as it is.
/// </summary>
public class DataException : IOException
{
    /// <summary>Without a reason.</summary>
    public DataException()
    {
    }

    /// <summary>With a reason.</summary>
    /// <param name="message">What is wrong and where; line breaks become spaces.</param>
    public DataException(string message)
        : base(OneLine.Of(message))
    {
    }

    /// <summary>With a reason, and what was caught.</summary>
    /// <param name="message">What is wrong and where; line breaks become spaces.</param>
    /// <param name="innerException">What was caught.</param>
    public DataException(string message, Exception? innerException)
        : base(OneLine.Of(message), innerException)
    {
    }

    /// <summary>The same with a word on what to do about it.</summary>
    internal DataException With(string advice) => new($"{Message.TrimEnd('.')}. {advice}", this);
}
