using PaperCurves.Data;
using PaperCurves.Experiments;
using Spectre.Console;

namespace PaperCurves.Commands;

/// <summary>Finds the data: what was asked for, else Omniglot where it usually lies, else glyphs drawn by the app.</summary>
/// <param name="path">A folder, if anybody said.</param>
/// <param name="testClasses">The file that names OmnImage's test classes, if anybody said.</param>
internal sealed class DataSource(string? path, string? testClasses)
{
    private const ulong GlyphSeed = 1;

    /// <summary>Reads or draws everything, and says which it is.</summary>
    /// <param name="omniglotSize">Width and height of the images if it is Omniglot.</param>
    /// <param name="glyphs">How many classes of glyphs there must be, if they are drawn.</param>
    /// <param name="progress">Where to tell.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public ClassificationData Open(int omniglotSize, Preset glyphs, IProgressBoard progress, CancellationToken cancellationToken)
    {
        var folder = path ?? UsualPlaces().FirstOrDefault(Omniglot.IsPresent);
        var data = folder is null
            ? SyntheticGlyphs.Create(
                glyphs.DrawnClasses, glyphs.TransferClasses + glyphs.HeldOutClasses, size: omniglotSize, seed: GlyphSeed, ct: cancellationToken)
            : Read(folder, omniglotSize, progress, cancellationToken);
        progress.Say(folder is null
            ? $"Data: {data.Name}, drawn by the app, as there is no Omniglot here; --data PATH or --download takes Omniglot."
            : $"Data: {data.Name}, {data.Source}");
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

    private ClassificationData Read(string folder, int omniglotSize, IProgressBoard progress, CancellationToken cancellationToken)
    {
        using var line = progress.Begin("reading images", 100, "%");
        var done = 0.0;
        var report = new Relay(fraction =>
        {
            line.Advance((fraction * 100) - done);
            done = fraction * 100;
        });
        var data = ImageData.Recognise(folder) == ImageLayout.Omniglot
            ? Omniglot.Load(folder, omniglotSize, progress: report, cancellationToken: cancellationToken)
            : ImageData.Open(folder, omnImage: new OmnImageOptions { TestClassesFile = testClasses }, progress: report, cancellationToken: cancellationToken);
        line.Advance(100 - done);
        return data;
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
