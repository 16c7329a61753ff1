using static TorchSharp.torch;

namespace Zapping.Training.Data;

/// <summary>What can be done to any source of batches; each verb returns a source around the one that it was given.</summary>
public static class BatchSourceExtensions
{
    /// <summary>
    /// Has batches made by another thread, before they are asked for, and copied to the model's device: for data that are
    /// not on the device, or take time to make. The batches, and their order, are those of the source, bit for bit.
    /// </summary>
    /// <param name="source">
    /// Read by one thread for each enumeration, with a dispose scope for each batch. It must leave alone what it has
    /// yielded, and use nothing that training changes, such as the model or the global random generator.
    /// </param>
    /// <param name="device">
    /// Where the batches are to be. To a CUDA device they go through pinned memory, so that nothing waits for the copy.
    /// </param>
    /// <param name="ahead">How many batches are made beforehand, at least 1; default 2.</param>
    /// <returns>
    /// A source whose batches belong to the dispose scope in which they are asked for. What the source throws is thrown
    /// when its batch is asked for. When an enumeration ends early, batches made beforehand are disposed of, after the
    /// one that is being made, if any, is finished.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="ahead"/> is below 1.</exception>
    /// <exception cref="ArgumentException">There is no such device.</exception>
    public static IBatchSource Prefetch(this IBatchSource source, Device device, int ahead = 2) => new PrefetchedBatches(Checked(source, device, ahead), device, ahead);

    /// <summary>Like <see cref="Prefetch(IBatchSource, Device, int)"/>, for batches of a type of one's own.</summary>
    /// <typeparam name="TBatch">What a step reads.</typeparam>
    /// <param name="source">As there.</param>
    /// <param name="device">Where the batches are to be.</param>
    /// <param name="ahead">How many batches are made beforehand, at least 1; default 2.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="ahead"/> is below 1.</exception>
    /// <exception cref="ArgumentException">There is no such device.</exception>
    public static IBatchSource<TBatch> Prefetch<TBatch>(this IBatchSource<TBatch> source, Device device, int ahead = 2)
        where TBatch : IBatch<TBatch> => new PrefetchedBatches<TBatch>(Checked(source, device, ahead), device, ahead);

    private static TSource Checked<TSource>(TSource source, Device device, int ahead)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(device);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(ahead);
        if (device.type == TorchSharp.DeviceType.CUDA && !(cuda.is_available() && device.index < cuda.device_count()))
        {
            throw new ArgumentException(
                $"Batches cannot be prefetched to {device}: libtorch sees {(cuda.is_available() ? cuda.device_count() : 0)} CUDA devices.", nameof(device));
        }

        return source;
    }
}
