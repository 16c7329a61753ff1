using PaperCurves.Data;
using PaperCurves.Experiments;
using Spectre.Console;

namespace PaperCurves.Commands;

/// <summary>Finds the data: what was asked for, else Omniglot where it usually lies, else glyphs drawn by the app.</summary>
internal static class DataSource
{
    private const ulong GlyphSeed = 1;

    /// <param name="path">A folder, if anybody said.</param>
    /// <param name="omniglotSize">Width and height of the images if it is Omniglot.</param>
    /// <param name="glyphs">How many classes of glyphs there must be, if they are drawn.</param>
    /// <param name="progress">Where to tell.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static ClassificationData Open(
        string? path, int omniglotSize, Preset glyphs, IProgressBoard progress, CancellationToken cancellationToken)
    {
        path ??= UsualPlaces().FirstOrDefault(Omniglot.IsPresent);
        if (path is null)
        {
            return SyntheticGlyphs.Create(
                glyphs.TrainingClasses, Math.Max(glyphs.TransferClasses, 1), size: omniglotSize, seed: GlyphSeed, ct: cancellationToken);
        }

        using var line = progress.Begin("reading images", 100, "%");
        var done = 0.0;
        var report = new Relay(fraction =>
        {
            line.Advance((fraction * 100) - done);
            done = fraction * 100;
        });
        var data = ImageData.Recognise(path) == ImageLayout.Omniglot
            ? Omniglot.Load(path, omniglotSize, progress: report, cancellationToken: cancellationToken)
            : ImageData.Open(path, progress: report, cancellationToken: cancellationToken);
        line.Advance(100 - done);
        return data;
    }

    /// <summary>Fetches the public archives and says where they are.</summary>
    public static async Task<string> DownloadAsync(CancellationToken cancellationToken)
    {
        if (!Omniglot.IsPresent(DownloadFolder))
        {
            await AnsiConsole.Progress().StartAsync(bars =>
            {
                var bar = bars.AddTask("downloading Omniglot", maxValue: 1);
                return Omniglot.DownloadAsync(DownloadFolder, new Relay(fraction => bar.Value = fraction), cancellationToken);
            }).ConfigureAwait(false);
        }

        return DownloadFolder;
    }

    /// <summary>The folder that --download fills, and the one beside the repository.</summary>
    private static IEnumerable<string> UsualPlaces() => [DownloadFolder, Path.Combine("..", "shared", "omniglot")];

    private static string DownloadFolder => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create),
        "Zapping.Training",
        "omniglot");

    private sealed class Relay(Action<double> action) : IProgress<double>
    {
        private readonly Lock _lock = new();

        public void Report(double value)
        {
            lock (_lock)
            {
                action(value);
            }
        }
    }
}
