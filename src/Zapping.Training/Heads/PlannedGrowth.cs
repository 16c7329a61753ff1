using TorchSharp;
using TorchSharp.Modules;
using Zapping.Training.Initializers;
using Zapping.Training.Parameters;
using Zapping.Training.Resets;
using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training.Heads;

/// <summary>
/// More rows for one parameter and all that runs along it: first <see cref="Prepare"/> makes the larger tensors, then
/// <see cref="Write"/> has the old ones take over their memory. Handles, and with them whatever is keyed by them, stay.
/// </summary>
internal sealed class PlannedGrowth
{
    private readonly Parameter _parameter;
    private readonly string _name;
    private readonly long[] _shape;
    private readonly long _oldRows;
    private readonly Initializer _initializer;
    private readonly List<(Tensor Tensor, double Initial)> _states;
    private readonly List<(Tensor Own, Tensor Grown)> _grown = [];
    private Tensor? _gradient;

    /// <exception cref="InvalidOperationException">The parameter is shared, or no optimizer holds it.</exception>
    /// <exception cref="NotSupportedException">Its type, or the state of an optimizer, does not allow it.</exception>
    /// <exception cref="ArgumentException">The initializer cannot serve it, or it is not the model's.</exception>
    public PlannedGrowth(Parameter parameter, int rows, Initializer initializer, ParameterCatalog catalog, OptimizerStates states)
    {
        var names = catalog.NamesOf(parameter);
        (_parameter, _name, _initializer) = (parameter, names[0], initializer);
        if (names.Count > 1)
        {
            throw new InvalidOperationException(
                $"The parameter '{_name}' is shared with {string.Join(", ", names.Skip(1).Select(n => $"'{n}'"))}, which would grow with it.");
        }

        if (parameter.dtype is not (ScalarType.Float32 or ScalarType.Float64 or ScalarType.Float16 or ScalarType.BFloat16))
        {
            throw new NotSupportedException($"Parameter '{_name}' is of type {parameter.dtype}; only real floating-point types can grow.");
        }

        if (initializer.NeedsCurrentValues)
        {
            throw new ArgumentException($"{initializer.GetType().Name} needs current values, and new rows of '{_name}' have none.", nameof(initializer));
        }

        initializer.EnsureApplicable(parameter, _name);
        _shape = TensorShape.Of(parameter);
        _oldRows = _shape[0];
        _shape[0] = rows;
        _states = [.. states.Of(parameter, _name, OptimizerStateReset.Keep).SelectMany(slot => slot.TensorsAlong(_name))];
    }

    public void Prepare(ulong seed)
    {
        _grown.Add((_parameter, Append(_parameter, FreshRows(seed))));
        foreach (var (tensor, initial) in _states)
        {
            using Scalar start = initial;
            _grown.Add((tensor, Append(tensor, full(NewRows, start, tensor.dtype, tensor.device))));
        }

        if (_parameter.grad is { } gradient)
        {
            _gradient = Append(gradient, zeros(NewRows, gradient.dtype, gradient.device));
        }
    }

    /// <returns>The tensors with the memory that they had, which the caller disposes of.</returns>
    public IReadOnlyList<(Tensor Own, Tensor Before)> Write()
    {
        var before = _grown.ConvertAll(entry => (entry.Own, entry.Own.detach().DetachFromDisposeScope()));
        foreach (var (own, grown) in _grown)
        {
            own.set_(grown);
        }

        _parameter.grad = _gradient;
        return before;
    }

    private long[] NewRows => [_shape[0] - _oldRows, .. _shape[1..]];

    private static Tensor Append(Tensor rows, Tensor more) => cat([rows.detach(), more.to(rows.dtype)], 0);

    private Tensor FreshRows(ulong seed)
    {
        var fresh = empty(NewRows, Precision.Of(_parameter), _parameter.device);
        for (var row = _oldRows; row < _shape[0]; row++)
        {
            using var values = fresh.narrow(0, row - _oldRows, 1);
            var noise = new ResetNoise(seed, row, "growth:" + _name);
            _initializer.Write(new InitializerContext(values, _name, _shape, ParameterSlice.Rows((int)row), noise));
        }

        return fresh;
    }
}
