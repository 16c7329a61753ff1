using System.Collections.Concurrent;
using TorchSharp;
using Zapping.Training.Resuming;
using static TorchSharp.torch;

namespace Zapping.Training.Data;

/// <summary>What <see cref="BatchSourceExtensions.Prefetch"/> returns.</summary>
internal class PrefetchedBatches<TBatch>(IBatchSource<TBatch> source, Device device, int ahead) : IBatchSource<TBatch>, IScopedBatches, IWrappedBatches, IDescribed
    where TBatch : IBatch<TBatch>
{
    public long? BatchesPerEpoch => source.BatchesPerEpoch;

    public object Source => source;

    // Its batches are those of the source.
    public IReadOnlyDictionary<string, object?> Description => DescriptionJson.SettingsOf(source);

    public IEnumerable<TBatch> Epoch(long epoch, long firstBatch = 0)
    {
        using var stop = new CancellationTokenSource();
        using var room = new SemaphoreSlim(ahead);
        using var ready = new BlockingCollection<TBatch>();
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
                Each(batch, own => CurrentDisposeScope?.Attach(own));
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
                Each(unused, own => own.Dispose());
            }
        }
    }

    private void Make(
        long epoch, long firstBatch, SemaphoreSlim room, BlockingCollection<TBatch> ready, CancellationToken stop)
    {
        try
        {
            using var batches = new BatchReader<TBatch>(source, epoch, firstBatch);
            while (true)
            {
                room.Wait(stop);
                using var scope = NewDisposeScope(); // what the source makes for a batch goes with its copy
                if (!batches.TryRead(out var made))
                {
                    return;
                }

                var batch = made.Map(Copy);
                Each(batch, own => scope.Detach(own));
                ready.Add(batch, CancellationToken.None);
            }
        }
        finally
        {
            ready.CompleteAdding();
        }
    }

    private static void Each(TBatch batch, Action<Tensor> action) => batch.Map(own =>
    {
        action(own);
        return own;
    });

    // Always a tensor of our own, though not always other memory: what the source yields may be its own to dispose of.
    // Pinned memory may be given back at once; libtorch keeps it until the device has read it.
    private Tensor Copy(Tensor tensor) =>
        device.type == DeviceType.CUDA && tensor.device_type == DeviceType.CPU
            ? tensor.pin_memory().to(device, non_blocking: true)
            : tensor.to(device);
}

/// <summary>The same of inputs and labels.</summary>
internal sealed class PrefetchedBatches(IBatchSource source, Device device, int ahead) : PrefetchedBatches<LabeledBatch>(source, device, ahead), IBatchSource;
