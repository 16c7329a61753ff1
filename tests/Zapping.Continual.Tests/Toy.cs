using Zapping.Continual.Tasks;
using Zapping.Training.Data;
using static TorchSharp.torch;

namespace Zapping.Continual.Tests;

/// <summary>Small made-up data.</summary>
internal static class Toy
{
    /// <summary>Examples of each class, in order, of random inputs.</summary>
    public static LabeledBatch Data(int classes, int perClass, int width = 4, int seed = 1)
    {
        using var generator = new Generator((ulong)seed);
        return new(randn([classes * perClass, width], generator: generator), arange(classes).repeat_interleave(perClass));
    }

    public static IncrementalTask Task(int index, float[,] inputs, long[] labels) =>
        new(index, [.. labels.Select(id => (int)id).Distinct()], new LabeledBatch(tensor(inputs), tensor(labels)));

    public static nn.Module<Tensor, Tensor> Network(int inputs = 4, int hidden = 5, int units = 6)
    {
        random.manual_seed(7);
        return nn.Sequential(("body", nn.Linear(inputs, hidden)), ("relu", nn.ReLU()), ("head", nn.Linear(hidden, units)));
    }

    /// <summary>All bits of a model.</summary>
    public static byte[] Bits(nn.Module model) => [.. model.state_dict().SelectMany(own => own.Value.cpu().contiguous().bytes.ToArray())];
}
