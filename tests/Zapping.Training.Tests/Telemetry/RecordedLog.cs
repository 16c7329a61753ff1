using Microsoft.Extensions.Logging;

namespace Zapping.Training.Tests.Telemetry;

/// <summary>A log in memory, from one level on.</summary>
/// <param name="least">The level.</param>
/// <param name="ofMachine">Also what is said of the machine that the tests happen to run on (events 40 and 41).</param>
internal sealed class RecordedLog(LogLevel least, bool ofMachine = false) : ILogger
{
    public List<(int Id, string? Name, LogLevel Level, string Text, Exception? Failure)> Entries { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= least;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (ofMachine || eventId.Id is not (40 or 41))
        {
            Entries.Add((eventId.Id, eventId.Name, logLevel, formatter(state, exception), exception));
        }
    }
}
