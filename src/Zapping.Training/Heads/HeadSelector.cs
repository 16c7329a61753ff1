using TorchSharp.Modules;
using Zapping.Training.Heads;
using Zapping.Training.Resets;
using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training;

/// <summary>
/// Says which layer is the classifier (the head). It is found anew at each reset, because <c>.to()</c> and
/// assignments replace parameters; it is never guessed.
/// </summary>
public abstract class HeadSelector
{
    /// <summary>
    /// The only <see cref="Linear"/> of the model, or the only one with <paramref name="classCount"/> outputs; an
    /// exception that lists the candidates if there are several.
    /// </summary>
    /// <param name="classCount">Number of output units, at least 1, if known.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="classCount"/> is not positive.</exception>
    public static HeadSelector Single(int? classCount = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(classCount ?? 1, nameof(classCount));
        return new SingleLinear(classCount);
    }

    /// <summary>
    /// The layer with this dotted name: a <see cref="Linear"/>, a 1x1 <see cref="Conv2d"/>, or an <see cref="Embedding"/> whose rows are the classes' prototypes.
    /// </summary>
    /// <param name="layer">As in <c>named_modules()</c>, for example <c>classifier.linear</c>.</param>
    public static HeadSelector ByName(string layer)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(layer);
        return new NamedLayer(layer);
    }

    /// <summary>This very layer.</summary>
    public static HeadSelector Layer(Linear layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return new ByExpression(() => layer.weight, () => layer.bias, nameof(Layer));
    }

    /// <summary>This very layer, whose kernel must be 1x1.</summary>
    public static HeadSelector Layer(Conv2d layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return new ByExpression(() => layer.weight!, () => layer.bias, nameof(Layer));
    }

    /// <summary>Parameters that an expression yields at the time of each reset, for heads that are no known layer.</summary>
    /// <param name="weight">Yields a parameter whose first dimension counts the units, for example <c>() => net.W</c>.</param>
    /// <param name="bias">Yields the bias of shape [units], if there is one.</param>
    public static HeadSelector Parameter(Func<Parameter> weight, Func<Parameter?>? bias = null)
    {
        ArgumentNullException.ThrowIfNull(weight);
        return new ByExpression(weight, bias ?? (() => null), nameof(Parameter));
    }

    /// <summary>Several heads: which one is decided from the boundary, for example one head per task.</summary>
    /// <param name="choose">For example <c>b => HeadSelector.ByName($"heads.{b.Index}")</c>.</param>
    public static HeadSelector PerBoundary(Func<TrainingBoundary, HeadSelector> choose)
    {
        ArgumentNullException.ThrowIfNull(choose);
        return new ByBoundary(choose);
    }

    /// <summary>The layer with this dotted name, as by <see cref="ByName"/>.</summary>
    /// <param name="layer">As in <c>named_modules()</c>.</param>
    public static implicit operator HeadSelector(string layer) => ByName(layer);

    /// <summary>Finds the classifier, for a policy.</summary>
    /// <param name="context">Of the reset.</param>
    /// <exception cref="InvalidOperationException">It is ambiguous or not there; the message lists the candidates.</exception>
    public Head Find(ResetContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Find(context.Model, context.Boundary);
    }

    /// <summary>Finds the classifier where nothing is about to begin, such as between two tasks.</summary>
    /// <param name="model">The model.</param>
    /// <returns>Its parameters of this moment.</returns>
    /// <exception cref="InvalidOperationException">It cannot be told, which includes that it depends on a boundary.</exception>
    public Head Find(nn.Module model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Find(model, boundary: null);
    }

    private protected abstract Head Find(nn.Module model, TrainingBoundary? boundary);

    /// <summary>Heads are Linear layers, 1x1 convolutions, and embeddings whose rows are multiplied with the features.</summary>
    private static Head? AsHead(nn.Module module) => module switch
    {
        Linear linear => new Head(linear.weight, linear.bias),
        Conv2d { weight: { } weight } conv when weight.shape is [_, _, 1, 1] => new Head(weight, conv.bias),
        Embedding { weight: { } weight } => new Head(weight, null),
        _ => null,
    };

    private static string Listing(IEnumerable<(string Name, nn.Module Module)> candidates)
    {
        var lines = candidates
            .Select(c => AsHead(c.Module) is { } head ? $"'{c.Name}' ({ModuleName.Of(c.Module)}, {head.UnitCount} units)" : null)
            .OfType<string>()
            .ToList();
        return lines.Count == 0 ? "it has no Linear, no 1x1 Conv2d and no Embedding" : "candidates are " + string.Join(", ", lines);
    }

    private sealed class SingleLinear(int? classCount) : HeadSelector
    {
        public override string ToString() => classCount is null ? "Single" : FormattableString.Invariant($"Single({classCount})");

        private protected override Head Find(nn.Module model, TrainingBoundary? boundary)
        {
            var found = new List<Linear>();
            Collect(model, found);
            return found is [var only] ? new Head(only.weight, only.bias) : throw Ambiguous(model, found.Count);
        }

        // Without the names of named_modules(), which cost more than all the rest of a search.
        private void Collect(nn.Module module, List<Linear> found)
        {
            if (module is Linear linear && (classCount is null || linear.weight.size(0) == classCount) && !found.Contains(linear)) // which may have two names
            {
                found.Add(linear);
            }

            foreach (var (_, child) in module.named_children())
            {
                Collect(child, found);
            }
        }

        private InvalidOperationException Ambiguous(nn.Module model, int count)
        {
            var what = classCount is null ? "Linear layers" : $"Linear layers with {classCount} units";
            return new InvalidOperationException(
                $"The model {ModuleName.Of(model)} has {count} {what}, so its classifier cannot be told; "
                + $"{Listing(ParameterCatalog.DistinctModules(model))}. Say which with {nameof(HeadSelector)}.{nameof(ByName)}, "
                + $"{nameof(Layer)} or {nameof(Parameter)}.");
        }
    }

    private sealed class NamedLayer(string layer) : HeadSelector
    {
        public override string ToString() => $"ByName({layer})";

        private protected override Head Find(nn.Module model, TrainingBoundary? boundary)
        {
            foreach (var (name, module) in ParameterCatalog.Modules(model))
            {
                if (string.Equals(name, layer, StringComparison.Ordinal))
                {
                    return AsHead(module) ?? throw new InvalidOperationException(
                        $"Layer '{layer}' is a {ModuleName.Of(module)}, no Linear, 1x1 Conv2d or Embedding. Name its weight with {nameof(Parameter)} if its rows are classes; "
                        + $"{Listing(ParameterCatalog.DistinctModules(model))}.");
                }
            }

            throw new InvalidOperationException(
                $"The model {ModuleName.Of(model)} has no layer '{layer}'; "
                + $"{Listing(ParameterCatalog.DistinctModules(model))}.");
        }
    }

    private sealed class ByExpression(Func<Parameter> weight, Func<Parameter?> bias, string factory) : HeadSelector
    {
        public override string ToString() => factory;

        private protected override Head Find(nn.Module model, TrainingBoundary? boundary) => new(weight(), bias());
    }

    private sealed class ByBoundary(Func<TrainingBoundary, HeadSelector> choose) : HeadSelector
    {
        public override string ToString() => nameof(PerBoundary);

        private protected override Head Find(nn.Module model, TrainingBoundary? boundary) => boundary is null
            ? throw new InvalidOperationException(
                $"The head of {ModuleName.Of(model)} is chosen {nameof(PerBoundary)}, and here is no boundary to choose by. Say which head is meant with "
                + $"{nameof(ByName)}, {nameof(Layer)} or {nameof(Parameter)}.")
            : choose(boundary).Find(model, boundary);
    }
}
