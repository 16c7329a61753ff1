using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Zapping.Training;
using Zapping.Training.Data;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static Zapping.Training.BoundaryKind;

namespace Consumers.Programs;

/// <summary>Records in a file that is read batch by batch, in any order, by another thread, and as a stream that comes once.</summary>
public static class Streaming
{
    private const int Width = 64, Record = (Width + 1) * sizeof(float), Count = 2000;

    public static (TrainingSummary Shuffled, TrainingSummary Prefetched, TrainingSummary Streamed) Run(TextWriter output, string path)
    {
        Write(path);
        using var file = File.OpenHandle(path);
        var source = BatchSource.FromIndices(Count, batchSize: 50, rows => Read(file, rows), seed: 1);
        var shuffled = Train(source, epochs: 3);
        var prefetched = Train(source.Prefetch(CPU), epochs: 3);
        var streamed = Train(BatchSource.FromStream(Arriving(file), batchesPerEpoch: 40), epochs: 1);
        output.WriteLine($"shuffled:   {shuffled}\nprefetched: {prefetched}\nstreamed:   {streamed}");
        return (shuffled, prefetched, streamed);
    }

    private static TrainingSummary Train(IBatchSource source, int epochs)
    {
        random.manual_seed(1);
        using var model = Sequential(("body", Linear(Width, 128)), ("relu", ReLU()), ("head", Linear(128, 10)));
        using var optimizer = optim.Adam(model.parameters(), 1e-3);
        using var trainer = new ContinualTrainer(model, optimizer)
            .UseZapping(every: new(EpochBoundary) { Period = 2, SkipFirst = true }, ZapOptions.Recommended with { Head = "head" });
        return trainer.Fit(source, epochs);
    }

    private static LabeledBatch Read(SafeFileHandle file, IReadOnlyList<long> rows)
    {
        var records = new float[rows.Count, Width + 1];
        foreach (var (i, row) in rows.Index())
        {
            RandomAccess.Read(file, MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref records[i, 0], Width + 1)), row * Record);
        }

        var all = tensor(records);
        return new(all[.., ..Width], all[.., Width].to(int64));
    }

    private static async IAsyncEnumerable<LabeledBatch> Arriving(SafeFileHandle file)
    {
        for (var row = 0L; row < Count; row += 50)
        {
            await Task.Yield(); // for the next records
            yield return Read(file, [.. Enumerable.Range(0, 50).Select(i => row + i)]);
        }
    }

    private static void Write(string path)
    {
        var numbers = new Random(1);
        var patterns = Enumerable.Range(0, 10).Select(_ => Enumerable.Range(0, Width).Select(_ => numbers.NextSingle()).ToArray()).ToArray();
        using var file = new BinaryWriter(File.Create(path));
        for (var row = 0; row < Count; row++)
        {
            for (var i = 0; i < Width; i++)
            {
                file.Write(patterns[row % 10][i] + (2 * numbers.NextSingle()));
            }

            file.Write((float)(row % 10));
        }
    }
}
