using System.Text.Json;
using System.Text.Json.Serialization;

namespace PaperCurves.Sweeps.Packed;

/// <summary>Writes and reads runs.json.</summary>
internal static class PackedRunFile
{
    /// <summary>Name of the file, by which a packed sweep is known.</summary>
    public const string Name = "runs.json";

    private static readonly JsonSerializerOptions Writing = new(CellFile.Strict)
    {
        NewLine = "\n",
        Converters = { new OneLineConverter<PackedCell>(), new OneLineConverter<PackedNetwork>(), new OneLineConverter<MissingCell>() },
    };

    /// <summary>The text of the file, each cell in a line of its own.</summary>
    public static byte[] Write(PackedRun run) => [.. JsonSerializer.SerializeToUtf8Bytes(run, Writing), (byte)'\n'];

    /// <summary>Reads the text of the file.</summary>
    /// <exception cref="SweepException">It is damaged, or of another format.</exception>
    public static PackedRun Read(byte[] text, string path)
    {
        try
        {
            var run = JsonSerializer.Deserialize<PackedRun>(text, CellFile.Strict) ?? throw new JsonException("the file says nothing");
            return run.Format == PackedRun.CurrentFormat
                ? run
                : throw SweepException.At(path, 1, FormattableString.Invariant($"its format is {run.Format}, not {PackedRun.CurrentFormat}. Read it with the version of the app that wrote it"));
        }
        catch (JsonException failure)
        {
            throw SweepException.At(path, (failure.LineNumber ?? 0) + 1, $"damaged or cut short ({failure.Message}). {PackedSweep.WayOut}", failure);
        }
    }

    // Hundreds of cells on a dozen lines each could be neither read nor compared.
    private sealed class OneLineConverter<T> : JsonConverter<T>
    {
        private static readonly JsonSerializerOptions Compact = new(CellFile.Strict) { WriteIndented = false };

        public override T? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
            writer.WriteRawValue($"\n    {JsonSerializer.Serialize(value, Compact)}");
    }
}
