using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training.Data;

/// <summary>
/// A number that tells tensors apart by their entries: a sum of whole numbers, which are the same on every machine. It is made where the tensors are, so that the host need not wait.
/// </summary>
internal static class TensorMark
{
    // Type 4 is a 64-bit integer, type 7 double precision, in which the parts of every number are whole.
    private static readonly AtenScript Script = new(
        """
        def mark(values: Tensor) -> List[Tensor]:
            flat = values.detach()
            if flat.is_complex():
                flat = torch.view_as_real(flat)
            flat = flat.reshape([-1])
            if flat.is_floating_point():
                mantissa, exponent = torch.frexp(torch.nan_to_num(flat.to(7), 0.3, 1e300, -1e300))
                numbers = (mantissa * 9007199254740992.0).to(4) + exponent.to(4) * 7919
            else:
                numbers = flat.to(4)
            return [((numbers + 1) * (torch.arange(numbers.numel(), dtype=4, device=numbers.device) * 2654435761 + 1)).sum()]
        """);

    /// <summary>[]: of some rows, evenly spread, the first and the last among them.</summary>
    /// <param name="rows">[n, …], n at least 1.</param>
    /// <param name="most">How many at most, at least 2.</param>
    public static Tensor OfRows(Tensor rows, int most)
    {
        var count = rows.shape[0];
        if (count <= most)
        {
            return Of(rows);
        }

        using var places = tensor(Enumerable.Range(0, most).Select(i => i * (count - 1) / (most - 1)).ToArray(), device: rows.device);
        using var chosen = rows.index_select(0, places);
        return Of(chosen);
    }

    /// <summary>[]: of all entries.</summary>
    public static Tensor Of(Tensor values) => Script.Ask("mark", values)[0];

    /// <summary>Waits for the device.</summary>
    public static string Text(Tensor mark) => mark.item<long>().ToString("x16", System.Globalization.CultureInfo.InvariantCulture);
}
