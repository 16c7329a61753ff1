using System.Text.Json;
using System.Text.Json.Serialization;
using PaperCurves.Files;

namespace PaperCurves.Sweeps;

/// <summary>Result files of cells: written whole or not at all, and read with suspicion.</summary>
internal static class CellFile
{
    private const string WayOut = "Move it away to make the cell again";

    /// <summary>Every property must be there, none may be unknown, and no number may be NaN.</summary>
    internal static readonly JsonSerializerOptions Strict = new(JsonDefaults.Options)
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        NumberHandling = JsonNumberHandling.Strict, // no NaN
    };

    /// <summary>Writes a result.</summary>
    /// <exception cref="IOException">It cannot be written, or is there already.</exception>
    public static void Write(string path, CellResult result) =>
        AtomicFile.Write(path, file => JsonSerializer.Serialize(file, result, Strict), overwrite: false);

    /// <summary>Reads the result of a cell.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cell">The cell that it must be of; null for whichever it is of.</param>
    /// <exception cref="SweepException">It is damaged, of another version, or of other settings.</exception>
    public static CellResult Read(string path, TransferCell? cell)
    {
        try
        {
            var bytes = File.ReadAllBytes(path);
            var check = new CellCheck(path, WayOut);
            EnsureReadable(bytes, check);
            var result = JsonSerializer.Deserialize<CellResult>(bytes, Strict)!;
            check.EnsureUsable(cell, result);
            return result;
        }
        catch (JsonException failure)
        {
            throw SweepException.At(path, (failure.LineNumber ?? 0) + 1, $"damaged or cut short ({failure.Message}). {WayOut}", failure);
        }
    }

    // Before the rest is read, because that is what another format would say otherwise.
    private static void EnsureReadable(byte[] bytes, CellCheck check)
    {
        using var document = JsonDocument.Parse(bytes);
        var format = document.RootElement.ValueKind == JsonValueKind.Object
            && document.RootElement.TryGetProperty("format", out var property)
            && property.ValueKind == JsonValueKind.Number
            && property.TryGetInt32(out var number)
            ? number
            : throw check.Unusable("it does not say its format");
        if (format != CellResult.CurrentFormat)
        {
            throw check.Unusable(FormattableString.Invariant($"its format is {format}, not {CellResult.CurrentFormat}"));
        }
    }
}
