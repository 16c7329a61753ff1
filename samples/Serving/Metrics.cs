using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using Zapping.Training.Telemetry;

namespace Serving;

/// <summary>
/// What the library's meter has said so far, as text: the sums of counters and of durations in seconds, and the last values of gauges. With OpenTelemetry it is one line,
/// <c>AddMeter(TrainingTelemetry.MeterName)</c>.
/// </summary>
internal sealed class Metrics : IDisposable
{
    private readonly ConcurrentDictionary<string, double> _values = new(StringComparer.Ordinal);
    private readonly MeterListener _listener = new();

    public Metrics()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == TrainingTelemetry.MeterName)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => Add(instrument.Name, value));
        _listener.SetMeasurementEventCallback<double>((instrument, value, _, _) =>
        {
            if (instrument is Gauge<double>)
            {
                _values[instrument.Name] = value;
            }
            else
            {
                Add(instrument.Name, value);
            }
        });
        _listener.Start();
    }

    public double this[string name] => _values.GetValueOrDefault(name);

    public void Predicted() => Add("serving.predictions", 1);

    public void Dispose() => _listener.Dispose();

    public override string ToString() =>
        string.Concat(_values.OrderBy(value => value.Key, StringComparer.Ordinal).Select(value => string.Create(CultureInfo.InvariantCulture, $"{value.Key} {value.Value:g6}\n")));

    private void Add(string name, double value) => _values.AddOrUpdate(name, value, (_, sum) => sum + value);
}
