using System.Security.Cryptography;
using System.Text;

namespace Zapping.Datasets;

/// <summary>Reads the Omniglot data set (handwritten characters of 50 alphabets) and keeps what it has read.</summary>
public static class Omniglot
{
    /// <summary>Larger images would not fit into one array.</summary>
    internal const int LargestSize = 256;

    /// <summary>
    /// Loads all drawings as 8-bit grey (ink 0, paper 255), shrunk exactly as Pillow's antialiasing Lanczos does.
    /// Classes are in ordinal order of alphabet and character, drawings in ordinal order of file name.
    /// </summary>
    /// <param name="path">
    /// A folder with images_background/ and images_evaluation/, or with images_background.zip and
    /// images_evaluation.zip; where both are, the archive is read.
    /// </param>
    /// <param name="size">Width and height of the images in pixels, 1..256; the paper uses 28 and 84.</param>
    /// <param name="cacheFolder">
    /// Where the decoded images are kept between runs (25 MB at size 28): null means "Zapping.Training" in the user's
    /// local application data, or in the temporary folder where there is none. A cache that is damaged or belongs to
    /// other files is rebuilt; one that cannot be written is done without.
    /// </param>
    /// <param name="progress">Told the share that is done, 0..1, from any thread but one at a time.</param>
    /// <param name="cancellationToken">Stops the work within milliseconds and leaves no file behind.</param>
    /// <exception cref="DataException">The data set is missing, incomplete or damaged.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The size is outside 1..256.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static ClassificationData Load(
        string path, int size = 28, string? cacheFolder = null, IProgress<double>? progress = null,
        CancellationToken cancellationToken = default) =>
        Load(path, OmniglotHalf.Background, OmniglotHalf.Evaluation, size, cacheFolder, progress, cancellationToken);

    /// <summary>
    /// Where decoded images are kept when nobody says where: "Zapping.Training" in the user's local application data, or in the
    /// temporary folder where there is none. It need not be there.
    /// </summary>
    public static string DefaultCacheFolder
    {
        get
        {
            var folder = Environment.GetFolderPath(
                Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
            return Path.Combine(folder.Length == 0 ? Path.GetTempPath() : folder, "Zapping.Training");
        }
    }

    /// <summary>True when both halves are at <paramref name="path"/>, as folder or archive; nothing is read.</summary>
    public static bool IsPresent(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return OmniglotSource.Exists(path, OmniglotHalf.Background)
            && OmniglotSource.Exists(path, OmniglotHalf.Evaluation);
    }

    /// <summary>
    /// Downloads the two public archives (9 and 6 MB) into <paramref name="folder"/> and checks their MD5. An archive
    /// that is there already is kept; one of another content is replaced once the new one has passed.
    /// </summary>
    /// <param name="folder">Made when needed; what <see cref="Load(string, int, string?, IProgress{double}?,
    /// CancellationToken)"/> then takes as its path.</param>
    /// <param name="progress">Told the share that has arrived, 0..1.</param>
    /// <param name="ct">Stops the download; no partial file stays.</param>
    /// <exception cref="DataException">Server or disk fail, the server falls silent, or the MD5 is wrong.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async Task DownloadAsync(string folder, IProgress<double>? progress, CancellationToken ct)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        using var handler = new SocketsHttpHandler();
        await new OmniglotDownload(handler, TimeSpan.FromMinutes(1))
            .FetchAsync(OmniglotDownload.Archives, Path.GetFullPath(folder), progress, ct).ConfigureAwait(false);
    }

    /// <summary>Loads a tree of another extent; the real one takes too long for most tests.</summary>
    internal static ClassificationData Load(
        string path, OmniglotHalf background, OmniglotHalf evaluation, int size, string? cacheFolder,
        IProgress<double>? progress, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, LargestSize);
        cancellationToken.ThrowIfCancellationRequested();

        path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        using var training = OmniglotSource.Open(path, background);
        using var transfer = OmniglotSource.Open(path, evaluation);
        var cache = new ImageCache(CacheFile(cacheFolder, path, size), Key(training, transfer, size));
        var sets = cache.TryRead();
        if (sets is null)
        {
            var total = (double)(background.Classes + evaluation.Classes);
            var first = PartOfProgress.Of(progress, 0.0, background.Classes / total);
            var second = PartOfProgress.Of(progress, background.Classes / total, evaluation.Classes / total);
            sets = (
                OmniglotDecoder.Decode(training, background, size, first, cancellationToken),
                OmniglotDecoder.Decode(transfer, evaluation, size, second, cancellationToken));
            cache.TryWrite(sets.Value.Training, sets.Value.Transfer, cancellationToken);
        }

        progress?.Report(1.0);
        return new ClassificationData("Omniglot", path, sets.Value.Training, sets.Value.Transfer);
    }

    /// <summary>One file per folder and size, so that a changed data set replaces its old cache.</summary>
    internal static string CacheFile(string? cacheFolder, string path, int size)
    {
        var id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path)).AsSpan(0, 8));
        return Path.Combine(cacheFolder ?? DefaultCacheFolder, $"omniglot-{size}-{id}.images");
    }

    private static byte[] Key(IOmniglotSource training, IOmniglotSource transfer, int size) =>
        SHA256.HashData([.. BitConverter.GetBytes(size), .. training.Fingerprint(), .. transfer.Fingerprint()]);
}
