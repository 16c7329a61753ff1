using Zapping.Datasets;

namespace PaperCurves.Sweeps;

/// <summary>
/// A sweep file says what cannot be done, or a folder holds what cannot be used. <see cref="Exception.Message"/> is one
/// line that names the file, the line where there is one, and the way out.
/// </summary>
public sealed class SweepException : DataException
{
    public SweepException()
    {
    }

    public SweepException(string message)
        : base(message)
    {
    }

    public SweepException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>"FILE:LINE: what is wrong".</summary>
    /// <param name="file">The file.</param>
    /// <param name="line">Counted from 1.</param>
    /// <param name="problem">What is wrong, and what is allowed.</param>
    /// <param name="cause">What was caught, if anything.</param>
    internal static SweepException At(string file, long line, string problem, Exception? cause = null) =>
        new(FormattableString.Invariant($"{file}:{line}: {problem}"), cause!);
}
