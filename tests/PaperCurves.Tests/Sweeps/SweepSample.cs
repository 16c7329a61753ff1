using PaperCurves.Sweeps;
using Zapping.Datasets;

namespace PaperCurves.Tests.Sweeps;

/// <summary>A small sweep, and data of noise that it fits.</summary>
internal static class SweepSample
{
    public const string File = "sample.yaml";

    public const string Yaml =
        """
        name: sample
        preset: smoke
        model: convnet
        networks:
          iid:     { method: iid, zap: false, seeds: [1, 2] }
          iid-zap: { method: iid, zap: true, zap_rows: 7, seeds: [1] }
        transfers:
          head:      { protocol: sequential, trains: head, learning_rates: [1e-3, 5.5e-3], trials: 2 }
          iid:       { protocol: iid, learning_rates: [1e-3], trials: 1, epochs: 1, networks: [iid] }
          zero-shot: { protocol: least_squares, trials: 1 }
        validation: { classes: 6, trials: 1 }
        """;

    public static ClassificationData Data { get; } = Noise(transferClasses: 18);

    public static SweepCells Cells { get; } = Expand(Yaml);

    public static SweepCells Expand(string yaml) => SweepCells.Of(SweepFile.Parse(yaml, File), Data);

    public static ClassificationData Noise(int transferClasses, int perClass = 20, int size = 28, int channels = 1) =>
        new("noise", "seed 5", Set(40, perClass, size, channels), Set(transferClasses, perClass, size, channels));

    private static ImageSet Set(int classes, int perClass, int size, int channels) =>
        new([.. Enumerable.Range(0, classes).Select(i => $"class {i}")], perClass, size, new byte[classes * perClass * size * size * channels], channels);
}
