using TorchSharp.Modules;
using Zapping.Training.Native;
using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training.HiddenUnits;

/// <summary>Decides for each layer whether its units can be taken out and put in one by one.</summary>
internal sealed class UnitCoupling
{
    private readonly ParameterCatalog _catalog;
    private readonly IReadOnlyList<UnitLayer> _layers;
    private readonly IReadOnlyList<UnitNorm> _norms;
    private readonly Dictionary<nn.Module, string> _others;
    private readonly Dictionary<UnitLayer, UnitReach> _reach = [];
    private readonly UnitReach _input;
    private readonly Dictionary<nn.Module, int> _calls;

    public UnitCoupling(nn.Module<Tensor, Tensor> model, Tensor example, Func<nn.Module, bool> normalizations)
    {
        _catalog = new ParameterCatalog(model);
        var modules = ParameterCatalog.DistinctModules(model).ToList();
        _layers = [.. modules.Select(m => UnitLayer.Of(m.Name, m.Module)).OfType<UnitLayer>()];
        _norms = [.. modules.Select(m => UnitNorm.Of(m.Name, m.Module, normalizations(m.Module))).OfType<UnitNorm>()];
        var known = _layers.Select(layer => layer.Module).Concat(_norms.Select(norm => norm.Module)).ToHashSet();
        _others = modules.Where(m => m.Module is not PReLU && !known.Contains(m.Module) && m.Module.named_parameters(recurse: false).Any())
            .ToDictionary(m => m.Module, m => m.Name);
        using var mode = new EvalModeScope(model);
        using var buffers = new BufferScope(model); // marks must not stay in what a module of one's own keeps
        using var trace = new UnitTrace(model, example, _layers, _norms, _others.Keys.OfType<nn.Module<Tensor, Tensor>>());
        _input = trace.Of(source: null);
        _calls = new(trace.Calls, ReferenceEqualityComparer.Instance);
        foreach (var layer in _layers)
        {
            _reach[layer] = trace.Of(layer);
        }
    }

    public IReadOnlyList<UnitLayer> Layers => _layers;

    /// <exception cref="UncoupledException">The layer's units cannot be told apart; the message says why.</exception>
    public HiddenLayer Couple(UnitLayer layer)
    {
        EnsureCalledOnce(layer.Module, "it");
        EnsureNotShared(layer.Weight, "it");
        var reach = _reach[layer];
        if (reach.Output)
        {
            throw new UncoupledException("its units reach the model's output past every other layer");
        }

        if (reach.Passed is [var other, ..])
        {
            throw new UncoupledException(
                $"its units pass '{_others[other]}' ({ModuleName.Of(other)}), which has parameters and is not known; if it is a normalization, say so");
        }

        var consumers = _layers.Where(consumer => reach.Sees(consumer.Module))
            .Select(consumer => new ConsumedUnits(consumer, PlacesIn(consumer, layer))).ToList();
        var norms = _norms.Where(norm => reach.Sees(norm.Module))
            .Select(norm => new NormedUnits(norm, PlacesIn(norm.Module, $"'{norm.Name}'", layer))).ToList();
        var unseen = Enumerable.Range(0, layer.UnitCount).Where(unit => consumers.All(consumer => consumer.Columns[unit].Length == 0)).ToList();
        return unseen.Count == 0
            ? new HiddenLayer(layer, norms, consumers)
            : throw new UncoupledException($"{unseen.Count} of its units are seen by no layer");
    }

    private int[][] PlacesIn(UnitLayer consumer, UnitLayer layer)
    {
        var name = $"'{consumer.Name}', which sees its units,";
        EnsureNotShared(consumer.Weight, name);
        return consumer.HasSharedColumns
            ? PlacesIn(consumer.Module, name, layer)
            : throw new UncoupledException($"{name} is a convolution with groups");
    }

    private int[][] PlacesIn(nn.Module consumer, string name, UnitLayer layer)
    {
        EnsureCalledOnce(consumer, name);
        var places = _reach[layer].At(consumer);
        var columns = Enumerable.Range(0, layer.UnitCount).Select(_ => new List<int>()).ToArray();
        for (var place = 0; place < places.Length; place++)
        {
            if (places[place] == UnitCode.None)
            {
                continue;
            }

            EnsureAlone(consumer, place, name, layer);
            columns[places[place]].Add(place);
        }

        return [.. columns.Select(column => column.ToArray())];
    }

    private void EnsureAlone(nn.Module consumer, int place, string name, UnitLayer layer)
    {
        if (_reach[layer].At(consumer)[place] == UnitCode.Several)
        {
            throw new UncoupledException($"{name} gets several of them in one input");
        }

        if (_input.At(consumer)[place] != UnitCode.None)
        {
            throw new UncoupledException($"{name} gets them together with the model's input");
        }

        if (_layers.FirstOrDefault(other => other != layer && _reach[other].At(consumer)[place] != UnitCode.None) is { } other)
        {
            throw new UncoupledException($"{name} gets them together with units of '{other.Name}'");
        }
    }

    private void EnsureCalledOnce(nn.Module module, string name)
    {
        if (_calls.GetValueOrDefault(module) is not 1 and var calls)
        {
            throw new UncoupledException($"{name} is called {calls} times in a forward pass, not once");
        }
    }

    private void EnsureNotShared(Parameter weight, string name)
    {
        if (_catalog.NamesOf(weight) is { Count: > 1 } names)
        {
            throw new UncoupledException($"{name} shares a weight: {string.Join(" and ", names.Select(n => $"'{n}'"))} are one");
        }
    }
}

/// <summary>Why a layer's units cannot be told apart.</summary>
internal sealed class UncoupledException(string reason) : Exception(reason);
