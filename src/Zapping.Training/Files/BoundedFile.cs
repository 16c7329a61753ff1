namespace Zapping.Training.Files;

/// <summary>Reads the files of a checkpoint that are read as a whole, but not into whatever memory somebody may have them take.</summary>
internal static class BoundedFile
{
    /// <summary>As much as the header of a safetensors file may have, in bytes.</summary>
    public const int MaxLength = 100_000_000;

    /// <exception cref="InvalidDataException">The file is too long, or empty as no file of a checkpoint is.</exception>
    public static byte[] Read(string path)
    {
        var length = new FileInfo(path).Length;
        return length is > 0 and <= MaxLength
            ? File.ReadAllBytes(path)
            : throw new InvalidDataException($"its file '{Path.GetFileName(path)}' has {length} bytes; it must have 1 to {MaxLength}.");
    }
}
