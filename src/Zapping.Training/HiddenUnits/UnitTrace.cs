using TorchSharp;
using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training.HiddenUnits;

/// <summary>
/// Follows units through a model: NaN goes wherever a value goes, through functions as through modules, and neither zero weights
/// nor dead units stop it. Each pass marks the units of one source and takes all marks off again behind every other layer with a
/// weight, so that only what sees the source directly is marked.
/// </summary>
internal sealed class UnitTrace : IDisposable
{
    private readonly nn.Module<Tensor, Tensor> _model;
    private readonly Tensor _example;
    private readonly List<Action> _unhook = [];
    private readonly Dictionary<nn.Module, bool[][]> _marks = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<nn.Module> _passed = new(ReferenceEqualityComparer.Instance);
    private UnitCode _code = new(1);
    private UnitLayer? _source;

    /// <param name="model">The model; in eval mode, so that examples do not see each other.</param>
    /// <param name="example">[n, …], of which the first is used.</param>
    /// <param name="layers">Layers with a weight.</param>
    /// <param name="norms">Normalizations, which are taken to keep their channels apart.</param>
    /// <param name="others">Modules of which nothing is known but that they have parameters.</param>
    public UnitTrace(
        nn.Module<Tensor, Tensor> model,
        Tensor example,
        IEnumerable<UnitLayer> layers,
        IEnumerable<UnitNorm> norms,
        IEnumerable<nn.Module<Tensor, Tensor>> others)
    {
        if (example.dim() < 2 || example.size(0) == 0 || !example.is_floating_point())
        {
            throw new ArgumentException(
                $"Units are followed with floating-point examples [n, …], but these are {example.dtype} [{string.Join(", ", example.shape)}].", nameof(example));
        }

        (_model, _example) = (model, example);
        foreach (var layer in layers)
        {
            _unhook.Add(layer.Module.register_forward_hook((_, inputs, outputs) => Pass(layer, inputs, outputs)).remove);
        }

        foreach (var norm in norms)
        {
            _unhook.Add(norm.Module.register_forward_hook((_, inputs, outputs) => Pass(norm, inputs, outputs)).remove);
        }

        foreach (var other in others)
        {
            _unhook.Add(other.register_forward_pre_hook((_, inputs) => Pass(other, inputs)).remove);
        }
    }

    /// <summary>How often each module was called in the last pass.</summary>
    public Dictionary<nn.Module, int> Calls { get; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>What sees a source directly.</summary>
    /// <param name="source">A layer; null: the model's input.</param>
    /// <exception cref="InvalidOperationException">The model turns examples into NaN, or regroups them between layers.</exception>
    public UnitReach Of(UnitLayer? source)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        _marks.Clear();
        _passed.Clear();
        Calls.Clear();
        _source = source;
        _code = new UnitCode(source?.UnitCount ?? 1);
        var inputs = _example.narrow(0, 0, 1).expand([_code.Examples, .. TensorShape.Of(_example)[1..]]);
        var outputs = _model.call(source is null ? _code.Mark(inputs, 1) : inputs.clone());
        EnsureExamples(outputs, "The model's output");
        var marks = UnitCode.Read(outputs.reshape(_code.Examples, -1), 1);
        EnsureClean(marks, "The model's output");
        return new UnitReach(_marks.ToDictionary(m => m.Key, m => _code.Decode(m.Value)), [.. _passed], marks[1].Contains(true));
    }

    public void Dispose() => _unhook.ForEach(unhook => unhook());

    private Tensor Pass(UnitLayer layer, Tensor inputs, Tensor outputs)
    {
        Note(layer.Module, layer.Name, inputs, layer.UnitDimension(inputs));
        EnsureExamples(outputs, $"The output of '{layer.Name}'");
        var clean = outputs.nan_to_num();
        return layer == _source ? _code.Mark(clean, layer.UnitDimension(outputs)) : clean;
    }

    // A group or layer normalization would mark all channels for one.
    private Tensor Pass(UnitNorm norm, Tensor inputs, Tensor outputs)
    {
        Note(norm.Module, norm.Name, inputs, norm.UnitDimension(inputs));
        using Scalar mark = double.NaN;
        return outputs.nan_to_num().masked_fill(inputs.isnan(), mark);
    }

    private Tensor Pass(nn.Module other, Tensor inputs)
    {
        if (inputs.isnan().any().item<bool>())
        {
            _passed.Add(other);
        }

        return inputs;
    }

    private void Note(nn.Module module, string name, Tensor inputs, int dimension)
    {
        EnsureExamples(inputs, $"The input of '{name}'");
        var marks = UnitCode.Read(inputs, dimension);
        EnsureClean(marks, $"The input of '{name}'");
        Calls[module] = Calls.GetValueOrDefault(module) + 1;
        _marks[module] = _marks.TryGetValue(module, out var known)
            ? [.. known.Zip(marks, (k, m) => k.Zip(m, (a, b) => a || b).ToArray())]
            : marks;
    }

    private void EnsureExamples(Tensor values, string what)
    {
        if (values.dim() < 2 || values.size(0) != _code.Examples)
        {
            throw new InvalidOperationException(
                $"{what} is [{string.Join(", ", values.shape)}] for {_code.Examples} examples. Units can be followed only where the first "
                + "dimension counts examples.");
        }
    }

    private static void EnsureClean(bool[][] marks, string what)
    {
        if (marks[0].Contains(true))
        {
            throw new InvalidOperationException($"{what} is NaN for the given example, so units cannot be followed by NaN.");
        }
    }
}

/// <summary>What sees a source directly.</summary>
/// <param name="Places">Of each module, and each of its inputs, the unit of the source that it depends on; see <see cref="UnitCode"/>.</param>
/// <param name="Passed">Modules with unknown parameters that get values of the source.</param>
/// <param name="Output">Whether the model's output depends on the source past every layer with a weight.</param>
internal sealed record UnitReach(IReadOnlyDictionary<nn.Module, int[]> Places, IReadOnlyList<nn.Module> Passed, bool Output)
{
    public int[] At(nn.Module module) => Places.TryGetValue(module, out var places) ? places : [];

    public bool Sees(nn.Module module) => At(module).Any(place => place != UnitCode.None);
}
