using System.Buffers;

namespace Zapping.Datasets;

/// <summary>Decodes and shrinks all drawings of a source.</summary>
internal static class OmniglotDecoder
{
    /// <param name="source">Where the files are.</param>
    /// <param name="half">What must be there.</param>
    /// <param name="size">Width and height of the images to make, in pixels.</param>
    /// <param name="progress">Told the share that is done, 0..1.</param>
    /// <param name="cancellationToken">Stops the work within milliseconds.</param>
    /// <exception cref="DataException">A file is missing, too many or damaged.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static ImageSet Decode(
        IOmniglotSource source, OmniglotHalf half, int size, IProgress<double>? progress,
        CancellationToken cancellationToken)
    {
        var classes = OmniglotTree.Arrange(source, half);
        var files = classes.SelectMany(one => one.Files).ToArray();
        var names = source.List();
        var pixels = new byte[checked(files.Length * size * size)];
        var lanczos = new PillowLanczos(OmniglotHalf.SourceSize, size);
        ParallelWork.For(
            files.Length,
            image =>
            {
                var target = pixels.AsSpan(image * size * size, size * size);
                var problem = DecodeOne(source.Read(files[image]), lanczos, target);
                if (problem is not null)
                {
                    throw new DataException($"{source.Describe(names[files[image]])}: {problem}.");
                }
            },
            progress,
            cancellationToken);
        return new ImageSet([.. classes.Select(one => one.Name)], OmniglotHalf.DrawingsPerClass, size, pixels);
    }

    private static string? DecodeOne(byte[] file, PillowLanczos lanczos, Span<byte> target)
    {
        const int Area = OmniglotHalf.SourceSize * OmniglotHalf.SourceSize;
        var grey = ArrayPool<byte>.Shared.Rent(Area);
        try
        {
            var problem = DrawingDecoder.Decode(file, OmniglotHalf.SourceSize, grey.AsSpan(0, Area));
            if (problem is null)
            {
                lanczos.Resize(grey.AsSpan(0, Area), target);
            }

            return problem;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(grey);
        }
    }
}
