using System.Text.Json;
using System.Text.Json.Serialization;
using PaperCurves.Experiments;
using PaperCurves.Pretraining;

namespace PaperCurves.Sweeps;

/// <summary>Result files of cells: written whole or not at all, and read with suspicion.</summary>
internal static class CellFile
{
    private const string WayOut = "Move it away to make the cell again";

    private static readonly JsonSerializerOptions Strict = new(Json.Options)
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        NumberHandling = JsonNumberHandling.Strict, // no NaN
    };

    /// <summary>Writes a result.</summary>
    /// <exception cref="IOException">It cannot be written, or is there already.</exception>
    public static void Write(string path, CellResult result) =>
        WholeFile.Write(path, file => JsonSerializer.Serialize(file, result, Strict), overwrite: false);

    /// <summary>Reads the result of a cell.</summary>
    /// <exception cref="SweepException">It is damaged, of another version, or of other settings.</exception>
    public static CellResult Read(string path, TransferCell cell)
    {
        try
        {
            var bytes = File.ReadAllBytes(path);
            EnsureReadable(path, bytes);
            var result = JsonSerializer.Deserialize<CellResult>(bytes, Strict)!;
            EnsureSameVersion(path, result);
            EnsureOf(cell, result, path);
            EnsureNumbers(path, result);
            return result;
        }
        catch (JsonException failure)
        {
            throw SweepException.At(path, (failure.LineNumber ?? 0) + 1, $"damaged or cut short ({failure.Message}). {WayOut}", failure);
        }
    }

    /// <exception cref="SweepException">The result is not of this cell.</exception>
    public static void EnsureOf(TransferCell cell, CellResult result, string path)
    {
        var difference = JsonDifference.Between(CellIdentity.Of(result), CellIdentity.Of(cell));
        if (difference.Length > 0)
        {
            throw SweepException.At(
                path,
                1,
                $"made by other settings than the sweep file now gives: {difference}. "
                + "Put the sweep file back, give another --out, or move the result away");
        }
    }

    private static void EnsureNumbers(string path, CellResult result)
    {
        if (result.Points.Count == 0)
        {
            throw Unusable(path, 1, "it has no evaluation");
        }

        var accuracies = result.Points.SelectMany(point => new[] { point.Query, point.Support }).OfType<CellAccuracy>();
        if (accuracies.Any(accuracy => accuracy is not { Top1: >= 0 and <= 1, Top5: >= 0 and <= 1 }) || !PretrainingRecord.IsDuration(result.Seconds))
        {
            throw Unusable(path, 1, "an accuracy is no fraction, or its seconds are no duration");
        }
    }

    // Before the rest is read, because that is what another format would say otherwise.
    private static void EnsureReadable(string path, byte[] bytes)
    {
        using var document = JsonDocument.Parse(bytes);
        var format = document.RootElement.ValueKind == JsonValueKind.Object
            && document.RootElement.TryGetProperty("format", out var property)
            && property.ValueKind == JsonValueKind.Number
            && property.TryGetInt32(out var number)
            ? number
            : throw Unusable(path, 1, "it does not say its format");
        if (format != CellResult.CurrentFormat)
        {
            throw Unusable(path, 1, FormattableString.Invariant($"its format is {format}, not {CellResult.CurrentFormat}"));
        }
    }

    private static void EnsureSameVersion(string path, CellResult result)
    {
        if (result.Circumstances.OtherVersion() is { } versions)
        {
            throw Unusable(path, 1, $"made by {versions}. Give another --out");
        }
    }

    private static SweepException Unusable(string path, long line, string problem) => SweepException.At(path, line, $"{problem}. {WayOut}");
}
