using TorchSharp.Modules;
using Zapping.Training.Resets;
using Zapping.Training.Torch;
using Zapping.Training.Validation;
using static TorchSharp.torch;

namespace Zapping.Training.Heads;

/// <summary>
/// Gives a classifier more units while it is being trained, for classes that nobody had counted on.
/// <code>
/// HeadGrowth.Grow(model, HeadSelector.ByName("head"), units: 1200, [optimizer]);
/// </code>
/// The rows that are there keep their bits. The parameters stay the objects they are, with the same native handles, and get
/// larger memory; so optimizers, trainers and schedulers go on holding them, and nothing has to be made anew.
/// </summary>
/// <remarks>
/// Transfers grow a classifier that is too small to the number of classes in the task. The paper's released code makes one of as many units
/// as the data set has test classes, all of which take part in the softmax, and drops the old rows even where the head is not drawn anew. To
/// have that many, grow before the transfer, for example to the 659 test classes of Omniglot; a classifier that is large enough stays as large.
/// </remarks>
public static class HeadGrowth
{
    /// <summary>
    /// Grows the classifier, and what optimizers remember of it: there, old rows keep what they have, and new rows are as before a
    /// first step (0; with Adagrad and Rprop the value that their options name). Adam's step counter is the parameter's own and
    /// stays, so a new row's first update may be 3.16 times the learning rate, as after a reset with
    /// <see cref="OptimizerStateReset.Slice"/>. A gradient that waits for its step gets rows of zeros.
    /// </summary>
    /// <param name="model">The model; not between a forward pass and its backward pass, and not from within a reset policy.</param>
    /// <param name="head">
    /// Which layer is the classifier: a <see cref="Linear"/>, whose <c>out_features</c> is set too, or a 1x1 <see cref="Conv2d"/>,
    /// whose <c>out_channels</c> TorchSharp does not let be set.
    /// </param>
    /// <param name="units">How many units it shall have, at least as many as it has; if it has as many, nothing happens.</param>
    /// <param name="optimizers">Every optimizer that holds the classifier; none if there is none yet.</param>
    /// <param name="options">What new rows start from; default: see there.</param>
    /// <returns>How many units are new.</returns>
    /// <exception cref="ArgumentException">The parameter is not the model's, or a initializer cannot serve it.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The classifier has more units.</exception>
    /// <exception cref="InvalidOperationException">
    /// The classifier cannot be told, another layer uses its weight, or there are optimizers and none of them holds it.
    /// </exception>
    /// <exception cref="NotSupportedException">
    /// An optimizer's state is out of reach, the convolution is in groups, or the parameter is not of a real floating-point type.
    /// </exception>
    /// <remarks>When it throws, nothing has been written.</remarks>
    public static int Grow(
        nn.Module model, HeadSelector head, int units, IEnumerable<optim.Optimizer> optimizers, HeadGrowthOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(head);
        ArgumentNullException.ThrowIfNull(optimizers);
        var before = head.Find(model).UnitCount;
        using var grown = GrowUndoably(model, head, units, optimizers, options);
        return units - before;
    }

    /// <summary>Like <see cref="Grow"/>; what it returns can take the growth back. Null if nothing happens.</summary>
    internal static GrownHead? GrowUndoably(
        nn.Module model, HeadSelector head, int units, IEnumerable<optim.Optimizer> optimizers, HeadGrowthOptions? options)
    {
        options = OptionsValidator.Validate(options ?? new HeadGrowthOptions());
        var found = head.Find(model);
        if (units < found.UnitCount)
        {
            throw new ArgumentOutOfRangeException(
                nameof(units), units, $"The classifier has {found.UnitCount} units; it can grow, but not shrink to {units}.");
        }

        if (units == found.UnitCount)
        {
            return null;
        }

        var catalog = new ParameterCatalog(model);
        var states = new OptimizerStates([.. optimizers]);
        EnsureUngrouped(model, found.Weight);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var growths = new List<PlannedGrowth> { new(found.Weight, units, options.Weights, catalog, states) };
        if (found.Bias is { } bias)
        {
            growths.Add(new(bias, units, options.Bias, catalog, states));
        }

        growths.ForEach(growth => growth.Prepare(options.Seed));
        var before = growths.SelectMany(growth => growth.Write()).ToList();
        var layer = HeadLayer.TryFind(model, found);
        if (layer is not null)
        {
            layer.out_features = units;
        }

        return new GrownHead(before, layer, found.UnitCount);
    }

    // More rows would deal the old ones out to other groups.
    private static void EnsureUngrouped(nn.Module model, Parameter weight)
    {
        foreach (var (name, module) in ParameterCatalog.Modules(model))
        {
            if (module is Conv2d { groups: > 1, weight: { } kernel } conv && TensorIdentity.Same(kernel, weight))
            {
                throw new NotSupportedException($"The convolution '{name}' is in {conv.groups} groups, so it cannot grow.");
            }
        }
    }
}
