using static TorchSharp.torch;

namespace Zapping.Training.Data;

/// <summary>How data are written in a description: shape, type, and a number that tells their contents apart.</summary>
internal static class DataText
{
    private const int MostRows = 64;

    /// <param name="rows">[n, …], n at least 1; labels are looked at whole, inputs at 64 rows, the first and the last among them.</param>
    public static IReadOnlyDictionary<string, object?> Of(Tensor rows)
    {
        using var mark = rows.dim() == 1 ? TensorMark.Of(rows) : TensorMark.OfRows(rows, MostRows);
        return new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["shape"] = rows.shape,
            ["dtype"] = rows.dtype,
            ["hash"] = TensorMark.Text(mark),
        };
    }
}
