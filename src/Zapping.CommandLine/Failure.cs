using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using Zapping.Training;

namespace Zapping.CommandLine;

/// <summary>How a command ended that could not do its work.</summary>
/// <param name="ExitCode">One of <see cref="ExitCodes"/>.</param>
/// <param name="Message">One line for the user.</param>
/// <param name="Stack">What is shown besides where it could not be written to a file; null if nothing.</param>
public sealed record Failure(int ExitCode, string Message, string? Stack = null)
{
    /// <summary>What an exception means to the user.</summary>
    /// <param name="exception">What the work threw.</param>
    /// <param name="cancellationToken">Whether it was asked to end.</param>
    public static Failure Of(Exception exception, CancellationToken cancellationToken) => Root(exception) switch
    {
        OperationCanceledException when cancellationToken.IsCancellationRequested =>
            new(ExitCodes.Interrupted, "interrupted before there was anything to save."),
        CommandException known => new(known.ExitCode, known.Message),
        NonFiniteStepException loss => new(ExitCodes.Diverged, OneLine.Of(loss.Message)),
        IOException or UnauthorizedAccessException => new(ExitCodes.NotUsable, OneLine.Of(Root(exception).Message)),
        var other when IsOutOfMemory(other) => new(ExitCodes.NotUsable, $"there is not enough memory ({OneLine.Of(FirstLine(other))}). Take a smaller --width, or a data set of smaller images."),
        var other => Unforeseen(other),
    };

    /// <summary>In one line, why something failed.</summary>
    public static string Reason(Exception exception) => OneLine.Of(Root(exception) is CommandException or NonFiniteStepException or IOException or UnauthorizedAccessException
        ? Root(exception).Message
        : $"{Root(exception).GetType().Name}: {FirstLine(Root(exception))}");

    /// <summary>Writes the line, without breaking it.</summary>
    public void WriteTo(TextWriter error)
    {
        error.WriteLine($"error: {Message}");
        if (Stack is not null)
        {
            error.WriteLine(Stack);
        }
    }

    private static Failure Unforeseen(Exception exception)
    {
        var line = $"this is an error of the program: {Reason(exception)}";
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{DateTimeOffset.Now:u}\n{Environment.CommandLine}\n{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}\n\n{exception}\n");
        var path = Path.Combine(Path.GetTempPath(), string.Create(
            CultureInfo.InvariantCulture, $"{Assembly.GetEntryAssembly()?.GetName().Name}-{DateTime.Now:yyyyMMdd-HHmmss}-{Environment.ProcessId}.txt"));
        try
        {
            File.WriteAllText(path, text);
            return new Failure(ExitCodes.Unforeseen, $"{line} Where it happened is written in {path}.");
        }
        catch (Exception unwritable) when (unwritable is IOException or UnauthorizedAccessException)
        {
            return new Failure(ExitCodes.Unforeseen, line, text);
        }
    }

    // What others wrap around an exception says nothing to a user.
    private static Exception Root(Exception exception) => exception switch
    {
        AggregateException { InnerExceptions: [var only] } => Root(only),
        TargetInvocationException or TypeInitializationException when exception.InnerException is { } inner => Root(inner),
        _ => exception,
    };

    // TorchSharp hands on what libtorch says, C++ stack and all.
    private static bool IsOutOfMemory(Exception exception) => exception is OutOfMemoryException
        || (exception is ExternalException && (exception.Message.Contains("not enough memory", StringComparison.Ordinal) || exception.Message.Contains("out of memory", StringComparison.Ordinal)));

    private static string FirstLine(Exception exception) =>
        exception.Message.Split('\n').Select(line => line.Trim()).FirstOrDefault(line => line.Length > 0) ?? "no message";
}
