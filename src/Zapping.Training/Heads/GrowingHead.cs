using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training.Heads;

/// <summary>A classifier that gets units for classes as they come.</summary>
/// <param name="head">Which layer.</param>
/// <param name="options">What new rows start from.</param>
internal sealed class GrowingHead(HeadSelector head, HeadGrowthOptions options)
{
    /// <summary>Which layer, and what its new rows start from.</summary>
    public IReadOnlyDictionary<string, object?> Description => new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["head"] = head.ToString(),
        ["weights"] = options.Weights,
        ["bias"] = options.Bias,
        ["seed"] = options.Seed,
    };

    /// <exception cref="InvalidOperationException">The classifier cannot be told.</exception>
    public void Ensure(nn.Module model) => head.Find(model);

    /// <summary>Grows so that each class has a unit.</summary>
    /// <param name="model">The model.</param>
    /// <param name="optimizers">Its optimizers.</param>
    /// <param name="classes">Class ids; without any, nothing happens.</param>
    /// <exception cref="ArgumentException">A class id is negative.</exception>
    public void Grow(nn.Module model, IReadOnlyList<optim.Optimizer> optimizers, IReadOnlyList<int> classes)
    {
        if (classes.Count == 0)
        {
            return;
        }

        if (classes.Min() is var least and < 0)
        {
            throw new ArgumentException($"Class {least} cannot have a unit; class ids are 0 and more.", nameof(classes));
        }

        using var grown = GrowTo(model, optimizers, classes.Max() + 1);
    }

    /// <summary>Grows to some units, if it has fewer.</summary>
    /// <returns>Can take the new units away again; null if there are none.</returns>
    public GrownHead? GrowTo(nn.Module model, IReadOnlyList<optim.Optimizer> optimizers, int units) =>
        units <= head.Find(model).UnitCount ? null : HeadGrowth.GrowUndoably(model, head, units, optimizers, options);

    /// <summary>Name of the weight, whose first dimension is the number of units.</summary>
    public string WeightName(nn.Module model)
    {
        var weight = head.Find(model).Weight;
        return model.named_parameters().First(own => TensorIdentity.Same(own.parameter, weight)).name;
    }

    public override string ToString() => head.ToString() ?? nameof(GrowingHead);
}
