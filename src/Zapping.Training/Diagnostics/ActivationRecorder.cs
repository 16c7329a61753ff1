using Zapping.Training.HiddenUnits;
using static TorchSharp.torch;

namespace Zapping.Training.Diagnostics;

/// <summary>How active the inputs of layers are, over all calls until disposing.</summary>
internal sealed class ActivationRecorder : IDisposable
{
    private readonly List<Action> _unhook = [];
    private readonly List<InputMagnitudes> _called = [];

    public ActivationRecorder(IEnumerable<UnitLayer> layers)
    {
        foreach (var layer in layers)
        {
            _unhook.Add(layer.Module.register_forward_pre_hook((_, inputs) =>
            {
                Add(layer, inputs);
                return inputs;
            }).remove);
        }
    }

    /// <summary>In the order of their first calls.</summary>
    public IReadOnlyList<InputMagnitudes> Called => _called;

    /// <summary>Units wherever they are read; null if a layer that reads them was not called.</summary>
    public UnitMagnitudes? Of(HiddenLayer units)
    {
        var read = units.Consumers.Select(consumer => (consumer.Columns, Magnitudes: Find(consumer.Layer)?.PerInput())).ToList();
        return read.Exists(reader => reader.Magnitudes is null)
            ? null
            : new UnitMagnitudes(
                units.Layer.Name,
                [.. PerUnit(magnitudes => magnitudes.Means).Select(columns => columns.Average())],
                [.. PerUnit(magnitudes => magnitudes.Largest).Select(columns => columns.Max())]);

        IEnumerable<IEnumerable<double>> PerUnit(Func<UnitMagnitudes, IReadOnlyList<double>> values) =>
            Enumerable.Range(0, units.Layer.UnitCount).Select(
                unit => read.SelectMany(reader => reader.Columns[unit].Select(column => values(reader.Magnitudes!)[column])));
    }

    public void Dispose()
    {
        _unhook.ForEach(unhook => unhook());
        _called.ForEach(magnitudes => magnitudes.Dispose());
    }

    private InputMagnitudes? Find(UnitLayer layer) => _called.Find(magnitudes => magnitudes.Layer == layer);

    private void Add(UnitLayer layer, Tensor inputs)
    {
        var known = Find(layer);
        if (known is null)
        {
            known = new InputMagnitudes(layer);
            _called.Add(known);
        }

        known.Add(inputs);
    }
}
