using static TorchSharp.torch;
using static TorchSharp.torch.utils.data;

namespace Zapping.Training.Data;

/// <summary>Rows of a data set of TorchSharp, put together to a batch.</summary>
internal static class DatasetRows
{
    /// <exception cref="InvalidOperationException">A row has no such key.</exception>
    public static LabeledBatch Read(Dataset dataset, IReadOnlyList<long> numbers, string inputs, string labels, Device? device)
    {
        var rows = numbers.Select(dataset.GetTensor).ToList();
        var (data, ids) = (Stack(rows, inputs), Flat(Stack(rows, labels)));
        ids = ids.is_floating_point() || ids.dim() != 1 ? ids : ids.to(ScalarType.Int64); // a class id is stored in any type of whole numbers
        return device is null ? new(data, ids) : new(data.to(device), ids.to(device));
    }

    private static Tensor Flat(Tensor labels) => labels is { shape: [_, 1] } ? labels.squeeze(1) : labels;

    private static Tensor Stack(List<Dictionary<string, Tensor>> rows, string key) => stack(rows.ConvertAll(row => row.TryGetValue(key, out var value)
        ? value
        : throw new InvalidOperationException($"A row of the data set has no '{key}'; it has {string.Join(", ", row.Keys.Select(own => $"'{own}'"))}. Name its inputs and its label.")));
}
