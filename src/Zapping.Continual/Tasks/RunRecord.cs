using System.Diagnostics;
using Zapping.Training.Evaluation;
using Zapping.Training.Steps;
using static TorchSharp.torch;

namespace Zapping.Continual.Tasks;

/// <summary>What has been measured by now; checkpoints hold it.</summary>
/// <param name="tasks">How many tasks there will be.</param>
internal sealed class RunRecord(int tasks) : ITrainingMemory
{
    private static readonly string[] Columns = ["seen", "seconds", "bytes"];

    private readonly Stopwatch _watch = new();
    private readonly List<double[]> _accuracies = [];
    private readonly List<double> _seen = [];
    private readonly List<double> _seconds = [];
    private readonly List<long> _bytes = [];
    private double _carried; // what the open task took before a resume

    public string Name => "run";

    public int Finished => _seen.Count;

    public void Begin() => _watch.Restart();

    public double End()
    {
        _watch.Stop();
        var seconds = _carried + _watch.Elapsed.TotalSeconds;
        _carried = 0;
        return seconds;
    }

    public void Add(IReadOnlyList<double> accuracies, double seen, double seconds, long bytes)
    {
        _accuracies.Add([.. accuracies]);
        _seen.Add(seen);
        _seconds.Add(seconds);
        _bytes.Add(bytes);
    }

    public IncrementalResult Result()
    {
        var builder = new AccuracyMatrixBuilder(tasks);
        for (var evaluation = 0; evaluation < Finished; evaluation++)
        {
            for (var task = 0; task < tasks; task++)
            {
                builder.Add(evaluation, task, _accuracies[evaluation][task]);
            }
        }

        return new IncrementalResult(builder.Build(), [.. _seen], [.. _seconds], [.. _bytes]);
    }

    public IReadOnlyList<KeyValuePair<string, Tensor>> Save() =>
    [
        new("accuracies", tensor(_accuracies.SelectMany(row => row).ToArray()).reshape(Finished, tasks)),
        new("seen", tensor(_seen.ToArray())),
        new("seconds", tensor(_seconds.ToArray())),
        new("bytes", tensor(_bytes.ToArray())),
        new("open_seconds", tensor(new[] { _carried + (_watch.IsRunning ? _watch.Elapsed.TotalSeconds : 0) })),
    ];

    public void Load(IReadOnlyDictionary<string, Tensor> saved)
    {
        if (!saved.TryGetValue("accuracies", out var accuracies) || accuracies.shape is not [var finished, var own] || own != tasks
            || Columns.Any(name => !saved.TryGetValue(name, out var values) || values.numel() != finished) || !saved.ContainsKey("open_seconds"))
        {
            throw new InvalidDataException($"its record is not that of a run of {tasks} tasks.");
        }

        _accuracies.Clear();
        _accuracies.AddRange(Values<double>(accuracies).Chunk(tasks));
        Take(_seen, saved["seen"]);
        Take(_seconds, saved["seconds"]);
        Take(_bytes, saved["bytes"]);
        _carried = saved["open_seconds"].data<double>().ToArray()[0];
    }

    private static void Take<T>(List<T> own, Tensor saved)
        where T : unmanaged
    {
        own.Clear();
        own.AddRange(Values<T>(saved));
    }

    // TorchSharp refuses to read what is empty.
    private static T[] Values<T>(Tensor saved)
        where T : unmanaged => saved.numel() == 0 ? [] : saved.data<T>().ToArray();
}
