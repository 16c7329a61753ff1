using System.Security.Cryptography;

namespace Zapping.Datasets;

/// <summary>A published file and the MD5 that its publishers give for it.</summary>
internal sealed record PublishedFile(string FileName, Uri Address, string Md5);

/// <summary>Fetches published files; a file has its own name only once it is known to be the published one.</summary>
/// <param name="handler">What talks HTTP; tests bring their own. Not disposed.</param>
/// <param name="patience">How long nothing at all may arrive before the download is given up.</param>
internal sealed class OmniglotDownload(HttpMessageHandler handler, TimeSpan patience)
{
    private const string Root = "https://raw.githubusercontent.com/brendenlake/omniglot/master/python/";

    public static IReadOnlyList<PublishedFile> Archives { get; } =
    [
        new("images_background.zip", new Uri(Root + "images_background.zip"), "68d2efa1b9178cc56df9314c21c6e718"),
        new("images_evaluation.zip", new Uri(Root + "images_evaluation.zip"), "6b91aef0f799c5bb55b94e3f2daec811"),
    ];

    /// <summary>Fetches what is not there; a file of another content is replaced once the new one passed.</summary>
    /// <param name="files">What to fetch.</param>
    /// <param name="folder">Where to; made when needed.</param>
    /// <param name="progress">Told the share of all files that has arrived, 0..1, where the server tells sizes.</param>
    /// <param name="cancellationToken">Stops the download and deletes what has arrived of the current file.</param>
    /// <exception cref="DataException">Server or disk fail, the server falls silent, or the MD5 is wrong.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task FetchAsync(
        IReadOnlyList<PublishedFile> files, string folder, IProgress<double>? progress,
        CancellationToken cancellationToken)
    {
        // Silence is what is timed, not the whole: a slow line may take its time.
        using var client = new HttpClient(handler, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };
        for (var i = 0; i < files.Count; i++)
        {
            var done = i;
            var target = Path.Combine(folder, files[i].FileName);
            using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            try
            {
                Directory.CreateDirectory(folder);
                if (!await IsGoodAsync(target, files[i].Md5, cancellationToken).ConfigureAwait(false))
                {
                    await FetchAsync(client, files[i], target, share => progress?.Report((done + share) / files.Count),
                        silence).ConfigureAwait(false);
                }
            }
            catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
            {
                throw new DataException($"{files[i].Address}: nothing arrived for {patience.TotalSeconds:0} s.", error);
            }
            catch (Exception error) when (error is HttpRequestException or (IOException and not DataException) or UnauthorizedAccessException)
            {
                throw new DataException($"{files[i].Address}: download to {target} failed ({error.Message})", error);
            }

            progress?.Report((done + 1.0) / files.Count);
        }
    }

    private async Task FetchAsync(
        HttpClient client, PublishedFile file, string target, Action<double> report, CancellationTokenSource silence)
    {
        var temporary = target + ".part";
        try
        {
            var md5 = await SaveAsync(client, file.Address, temporary, report, silence).ConfigureAwait(false);
            if (!string.Equals(md5, file.Md5, StringComparison.OrdinalIgnoreCase))
            {
                throw new DataException($"{file.Address}: what arrived has the MD5 {md5}, expected {file.Md5}.");
            }

            File.Move(temporary, target, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private async Task<string> SaveAsync(
        HttpClient client, Uri address, string temporary, Action<double> report, CancellationTokenSource silence)
    {
        silence.CancelAfter(patience);
        using var response = await client
            .GetAsync(address, HttpCompletionOption.ResponseHeadersRead, silence.Token).ConfigureAwait(false);
        response.EnsureSuccessStatusCode();
        using var md5 = CreateMd5();
        var body = await response.Content.ReadAsStreamAsync(silence.Token).ConfigureAwait(false);
        await using var ownedBody = body.ConfigureAwait(false);
        var output = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None);
        await using var ownedOutput = output.ConfigureAwait(false);
        var buffer = new byte[1 << 16];
        var arrived = 0L;
        while (await body.ReadAsync(buffer, silence.Token).ConfigureAwait(false) is var count and > 0)
        {
            silence.CancelAfter(patience);
            md5.AppendData(buffer, 0, count);
            await output.WriteAsync(buffer.AsMemory(0, count), silence.Token).ConfigureAwait(false);
            arrived += count;
            if (response.Content.Headers.ContentLength is { } total and > 0)
            {
                report(Math.Min(1.0, (double)arrived / total));
            }
        }

        output.Flush(flushToDisk: true);
        return Convert.ToHexStringLower(md5.GetHashAndReset());
    }

    private static async Task<bool> IsGoodAsync(string path, string expected, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            return false;
        }

        using var md5 = CreateMd5();
        md5.AppendData(await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false));
        return string.Equals(
            Convert.ToHexStringLower(md5.GetHashAndReset()), expected, StringComparison.OrdinalIgnoreCase);
    }

#pragma warning disable CA5351 // It is the sum that was published, and it guards against damage, not against malice.
    private static IncrementalHash CreateMd5() => IncrementalHash.CreateHash(HashAlgorithmName.MD5);
#pragma warning restore CA5351
}
