using static TorchSharp.torch;

namespace Zapping.Training;

/// <summary>Plans what makes new units of old ones.</summary>
/// <param name="context">Where it is planned.</param>
/// <param name="weights">Draws incoming weights.</param>
/// <param name="optimizerState">What happens to the optimizers' memory of all that is written.</param>
public sealed class UnitReplacement(ResetContext context, Rewriter weights, OptimizerStateReset optimizerState)
{
    /// <summary>Fresh incoming weights, no bias, and normalisations that begin anew.</summary>
    /// <param name="hidden">The layer.</param>
    /// <param name="units">Which of its units.</param>
    /// <exception cref="InvalidOperationException">Another layer uses the weight too.</exception>
    public void Renew(HiddenUnits hidden, int[] units)
    {
        ArgumentNullException.ThrowIfNull(hidden);
        ArgumentNullException.ThrowIfNull(units);
        var rows = ParameterSlice.Rows(units);
        context.EnsureNotShared(hidden.Layer.Weight);
        context.Rewrite(hidden.Layer.Weight, rows, weights, optimizerState);
        if (hidden.Layer.Bias is { } bias)
        {
            context.Rewrite(bias, rows, Rewriter.Zeros(), optimizerState);
        }

        foreach (var (norm, channels) in hidden.Norms)
        {
            Renew(norm.Module, ParameterSlice.Rows([.. units.SelectMany(unit => channels[unit])]));
        }
    }

    /// <summary>No outgoing weights: what sees the units is not disturbed by what they are now.</summary>
    /// <param name="hidden">The layer.</param>
    /// <param name="units">Which of its units.</param>
    public void Silence(HiddenUnits hidden, int[] units)
    {
        ArgumentNullException.ThrowIfNull(hidden);
        ArgumentNullException.ThrowIfNull(units);
        foreach (var consumer in hidden.Consumers)
        {
            if (consumer.ColumnsOf(units) is { Length: > 0 } columns)
            {
                context.Rewrite(consumer.Layer.Weight, ParameterSlice.Columns(columns), Rewriter.Zeros(), optimizerState);
            }
        }
    }

    private void Renew(nn.Module norm, ParameterSlice channels)
    {
        foreach (var (name, parameter) in norm.named_parameters(recurse: false))
        {
            context.Rewrite(parameter, channels, name == "bias" ? Rewriter.Zeros() : Rewriter.Constant(1), optimizerState);
        }

        foreach (var (name, buffer) in norm.named_buffers(recurse: false))
        {
            if (buffer.dim() == 1 && LayerInitialisation.OfBuffer(norm, name) is { } value) // the counter of batches is not a unit's
            {
                context.RewriteBuffer(norm, name, channels, value);
            }
        }
    }
}
