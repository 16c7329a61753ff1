namespace PaperCurves.Data;

/// <summary>
/// The data set is missing, incomplete or damaged. <see cref="Exception.Message"/> is one line that names the file
/// (and the entry, for an archive) and is meant to be shown to the user as it is.
/// </summary>
public class DataException : CommandException
{
    public DataException()
    {
    }

    public DataException(string message)
        : base(message)
    {
    }

    public DataException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>The same with a word on what to do about it.</summary>
    internal DataException With(string advice) => new($"{Message.TrimEnd('.')}. {advice}", this);
}
