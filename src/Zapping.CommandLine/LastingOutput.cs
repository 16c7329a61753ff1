using System.Text;

namespace Zapping.CommandLine;

/// <summary>
/// Text for people, whose end ends no work: when the terminal is closed or the disk of the log is full, what comes
/// afterwards is dropped.
/// </summary>
/// <param name="inner">Where the text goes.</param>
/// <param name="lost">Told once, when it cannot be written any more.</param>
public sealed class LastingOutput(TextWriter inner, Action<IOException>? lost = null) : TextWriter
{
    private int _losses;

    /// <summary>Has the console's output and errors last, as the first thing of a program.</summary>
    public static void Use()
    {
        Console.SetError(new LastingOutput(Console.Error));
        Console.SetOut(new LastingOutput(
            Console.Out, failure => Console.Error.WriteLine($"warning: the output can no longer be written ({OneLine.Of(failure.Message)}); the work goes on.")));
    }

    /// <inheritdoc/>
    public override Encoding Encoding => inner.Encoding;

    /// <inheritdoc/>
    public override void Write(char value) => Write([value]);

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    /// <inheritdoc/>
    public override void Write(string? value) => Write(value.AsSpan());

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<char> buffer)
    {
        if (_losses > 0)
        {
            return;
        }

        try
        {
            inner.Write(buffer);
            inner.Flush();
        }
        catch (IOException failure)
        {
            // Bars are drawn by a thread of their own.
            if (Interlocked.Increment(ref _losses) == 1)
            {
                lost?.Invoke(failure);
            }
        }
    }
}
