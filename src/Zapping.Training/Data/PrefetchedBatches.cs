using System.Collections.Concurrent;
using TorchSharp;
using Zapping.Training.Resuming;
using static TorchSharp.torch;

namespace Zapping.Training.Data;

/// <summary>What <see cref="BatchSourceExtensions.Prefetch"/> returns.</summary>
internal sealed class PrefetchedBatches(IBatchSource source, Device device, int ahead) : IBatchSource, IDescribed
{
    public long? BatchesPerEpoch => source.BatchesPerEpoch;

    // Its batches are those of the source.
    public IReadOnlyDictionary<string, object?> Description => DescriptionJson.SettingsOfSource(source);

    public IEnumerable<LabeledBatch> Epoch(long epoch, long firstBatch = 0)
    {
        using var stop = new CancellationTokenSource();
        using var room = new SemaphoreSlim(ahead);
        using var ready = new BlockingCollection<LabeledBatch>();
        var worker = Task.Factory.StartNew(
            () => Make(epoch, firstBatch, room, ready, stop.Token),
            CancellationToken.None,
            TaskCreationOptions.LongRunning, // a thread of its own: dispose scopes belong to threads
            TaskScheduler.Default);
        try
        {
            foreach (var batch in ready.GetConsumingEnumerable())
            {
                room.Release();
                CurrentDisposeScope?.Attach(batch.Inputs, batch.Labels);
                yield return batch;
            }

            worker.GetAwaiter().GetResult(); // throws what the source has thrown
        }
        finally
        {
            stop.Cancel();
            // What goes wrong with a batch that nobody has asked for is not told.
            worker.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing).GetAwaiter().GetResult();
            while (ready.TryTake(out var unused))
            {
                unused.Inputs.Dispose();
                unused.Labels.Dispose();
            }
        }
    }

    private void Make(
        long epoch, long firstBatch, SemaphoreSlim room, BlockingCollection<LabeledBatch> ready, CancellationToken stop)
    {
        try
        {
            using var batches = source.Epoch(epoch, firstBatch).GetEnumerator();
            while (true)
            {
                room.Wait(stop);
                using var scope = NewDisposeScope(); // what the source makes for a batch goes with its copy
                if (!batches.MoveNext())
                {
                    return;
                }

                var batch = new LabeledBatch(Copy(batches.Current.Inputs), Copy(batches.Current.Labels));
                scope.Detach(batch.Inputs, batch.Labels);
                ready.Add(batch, CancellationToken.None);
            }
        }
        finally
        {
            ready.CompleteAdding();
        }
    }

    // Always a tensor of our own, though not always other memory: what the source yields may be its own to dispose of.
    // Pinned memory may be given back at once; libtorch keeps it until the device has read it.
    private Tensor Copy(Tensor tensor) =>
        device.type == DeviceType.CUDA && tensor.device_type == DeviceType.CPU
            ? tensor.pin_memory().to(device, non_blocking: true)
            : tensor.to(device);
}
