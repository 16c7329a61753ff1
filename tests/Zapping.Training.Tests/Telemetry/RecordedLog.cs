using Microsoft.Extensions.Logging;

namespace Zapping.Training.Tests.Telemetry;

/// <summary>A log in memory, from one level on.</summary>
internal sealed class RecordedLog(LogLevel least) : ILogger
{
    public List<(int Id, string? Name, LogLevel Level, string Text, Exception? Failure)> Entries { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= least;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Entries.Add((eventId.Id, eventId.Name, logLevel, formatter(state, exception), exception));
}
