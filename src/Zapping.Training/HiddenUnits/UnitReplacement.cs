using Zapping.Training.Initializers;
using Zapping.Training.Parameters;
using Zapping.Training.Resets;
using static TorchSharp.torch;

namespace Zapping.Training.HiddenUnits;

/// <summary>Plans what makes new units of old ones.</summary>
/// <param name="context">Where it is planned.</param>
/// <param name="weights">Draws incoming weights.</param>
/// <param name="optimizerState">What happens to the optimizers' memory of all that is written.</param>
public sealed class UnitReplacement(ResetContext context, Initializer weights, OptimizerStateReset optimizerState)
{
    /// <summary>Fresh incoming weights, no bias, and normalizations that begin anew.</summary>
    /// <param name="hidden">The layer.</param>
    /// <param name="units">Which of its units.</param>
    /// <exception cref="InvalidOperationException">Another layer uses the weight too.</exception>
    public void Renew(HiddenLayer hidden, int[] units)
    {
        ArgumentNullException.ThrowIfNull(hidden);
        ArgumentNullException.ThrowIfNull(units);
        var rows = ParameterSlice.Rows(units);
        context.EnsureNotShared(hidden.Layer.Weight);
        context.Reset(hidden.Layer.Weight, rows, weights, optimizerState);
        if (hidden.Layer.Bias is { } bias)
        {
            context.Reset(bias, rows, Initializer.Zeros(), optimizerState);
        }

        foreach (var (norm, channels) in hidden.Norms)
        {
            Renew(norm.Module, ParameterSlice.Rows([.. units.SelectMany(unit => channels[unit])]));
        }
    }

    /// <summary>No outgoing weights: what sees the units is not disturbed by what they are now.</summary>
    /// <param name="hidden">The layer.</param>
    /// <param name="units">Which of its units.</param>
    public void Silence(HiddenLayer hidden, int[] units)
    {
        ArgumentNullException.ThrowIfNull(hidden);
        ArgumentNullException.ThrowIfNull(units);
        foreach (var consumer in hidden.Consumers)
        {
            if (consumer.ColumnsOf(units) is { Length: > 0 } columns)
            {
                context.Reset(consumer.Layer.Weight, ParameterSlice.Columns(columns), Initializer.Zeros(), optimizerState);
            }
        }
    }

    /// <summary>
    /// Renews units of several layers at once, and silences all of them after that, so that of two that are new neither feeds the other.
    /// </summary>
    /// <param name="chosen">Each layer once, with the units to replace; none is allowed.</param>
    /// <exception cref="InvalidOperationException">Another layer uses a weight too.</exception>
    public void Replace(IReadOnlyList<KeyValuePair<HiddenLayer, int[]>> chosen)
    {
        ArgumentNullException.ThrowIfNull(chosen);
        List<KeyValuePair<HiddenLayer, int[]>> layers = [.. chosen.Where(layer => layer.Value.Length > 0)];
        layers.ForEach(layer => Renew(layer.Key, layer.Value));
        layers.ForEach(layer => Silence(layer.Key, layer.Value)); // last: what is renewed draws columns of new units anew
    }

    private void Renew(nn.Module norm, ParameterSlice channels)
    {
        foreach (var (name, parameter) in norm.named_parameters(recurse: false))
        {
            context.Reset(parameter, channels, name == "bias" ? Initializer.Zeros() : Initializer.Constant(1), optimizerState);
        }

        foreach (var (name, buffer) in norm.named_buffers(recurse: false))
        {
            if (buffer.dim() == 1 && LayerDefaults.BufferValueOf(norm, name) is { } value) // the counter of batches is not a unit's
            {
                context.ResetBuffer(norm, name, channels, value);
            }
        }
    }
}
