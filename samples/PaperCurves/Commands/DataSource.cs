using PaperCurves.Progress;
using PaperCurves.Sweeps;
using Zapping.Datasets;

namespace PaperCurves.Commands;

/// <summary>Finds the data: what was asked for, else Omniglot where it usually lies, else glyphs drawn by the app.</summary>
/// <param name="path">A folder, if anybody said.</param>
/// <param name="testClasses">The file that names OmnImage's test classes, if anybody said.</param>
/// <param name="download">Whether to fetch Omniglot.</param>
internal sealed class DataSource(string? path, string? testClasses, bool download)
{
    private const ulong GlyphSeed = 1;

    /// <summary>Where the data set is, or is to be fetched to; null where the app draws glyphs.</summary>
    public string? Folder => download ? DownloadFolder : path ?? UsualPlaces().FirstOrDefault(Omniglot.IsPresent);

    /// <exception cref="DataException">What was asked for is not there.</exception>
    public void EnsureThere()
    {
        if (path is not null && !Directory.Exists(path))
        {
            throw new DataException(File.Exists(path) ? $"{path}: this is a file; --data takes the folder of a data set." : $"{path}: there is no such folder.");
        }

        if (testClasses is not null && !File.Exists(testClasses))
        {
            throw new DataException($"{testClasses}: there is no such file of test classes.");
        }
    }

    /// <summary>Fetches, reads or draws everything, and says which it is.</summary>
    /// <param name="omniglotSize">Width and height of the images if it is Omniglot.</param>
    /// <param name="glyphs">How many classes of glyphs there must be, if they are drawn.</param>
    /// <param name="progress">Where to tell.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public ClassificationData Open(int omniglotSize, Preset glyphs, IProgressReporter progress, CancellationToken cancellationToken)
    {
        if (download)
        {
            Download(progress, cancellationToken);
        }

        var folder = Folder;
        if (folder is null && testClasses is not null)
        {
            throw Needless("the app draws glyphs, as there is no data set");
        }

        var data = folder is null
            ? SyntheticGlyphs.Create(
                glyphs.DrawnClasses, glyphs.TransferClasses + glyphs.HeldOutClasses, size: omniglotSize, seed: GlyphSeed, ct: cancellationToken)
            : Read(folder, omniglotSize, progress, cancellationToken);
        progress.Say(folder is null
            ? $"Data: {data.Name}, drawn by the app, as there is no Omniglot here; --data PATH or --download takes Omniglot."
            : $"Data: {data.Name}, {data.Source}");
        return data;
    }

    // Synchronous, as all work is: who trains afterwards must still be on the thread that it began on.
    private static void Download(IProgressReporter progress, CancellationToken cancellationToken)
    {
        if (!Omniglot.IsPresent(DownloadFolder))
        {
            using var line = progress.Begin("downloading Omniglot", 100, "%");
            Omniglot.DownloadAsync(DownloadFolder, PercentOf(line), cancellationToken).GetAwaiter().GetResult();
        }
    }

    private ClassificationData Read(string folder, int omniglotSize, IProgressReporter progress, CancellationToken cancellationToken)
    {
        var (layout, place) = ImageData.Find(folder);
        if (testClasses is not null && layout != ImageLayout.OmnImage)
        {
            throw Needless($"{layout} lies in {place}");
        }

        if (place != Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)))
        {
            progress.Say($"In {folder} itself there is no data set; found below and taken: {layout} in {place}");
        }

        using var line = progress.Begin("reading images", 100, "%");
        var report = PercentOf(line);
        var data = layout == ImageLayout.Omniglot
            ? Omniglot.Load(place, omniglotSize, progress: report, cancellationToken: cancellationToken)
            : ImageData.Open(place, omnImage: new OmnImageOptions { TestClassesFile = testClasses }, progress: report, cancellationToken: cancellationToken);
        report.Report(1);
        return data;
    }

    private static DataException Needless(string data) => new($"--test-classes says something of OmnImage alone, and {data}. Leave it out, or give OmnImage by --data.");

    private static Relay PercentOf(IProgressLine line)
    {
        var done = 0.0;
        return new Relay(fraction =>
        {
            line.Advance((fraction * 100) - done);
            done = fraction * 100;
        });
    }

    /// <summary>The folder that --download fills, and the one beside the repository.</summary>
    private static IEnumerable<string> UsualPlaces() => [DownloadFolder, Path.Combine("..", "shared", "omniglot")];

    private static string DownloadFolder => Path.Combine(Omniglot.DefaultCacheFolder, "omniglot");

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
