using static TorchSharp.torch;

namespace Zapping.Training.HiddenUnits;

/// <summary>
/// Which layers have hidden units that can be replaced one by one, and what belongs to each unit: its incoming weights, its
/// channel of normalizations, and its columns of the layers that see it - one of a convolution, as many as it has positions of a
/// linear layer behind a flatten. Found by following each unit through forward passes, never by the order of declaration.
/// </summary>
/// <remarks>
/// <para>
/// A layer (Linear, Conv1d, Conv2d, Conv3d) is coupled if all that sees one of its units sees that unit alone. Activations,
/// pooling, dropout, flattening, concatenation and functions in <c>forward</c> do that. Not coupled, with the reason in
/// <see cref="ExcludedLayers"/>: layers whose units are added to something (residuals), multiplied with something computed (gates,
/// attention) or mixed before a layer sees them; layers that are called twice, not at all, or share a weight; layers that a
/// grouped convolution sees; and those whose units reach the model's output, as a classifier's.
/// </para>
/// <para>
/// Group and layer normalization take statistics over several units. They are taken for keeping units apart all the same: what
/// belongs to a unit is its scale and shift, and its part of the statistics is as any unit's. Units that pass a module of one's own
/// with parameters are not coupled, unless it is said to be a normalization. The slopes of a PReLU, and parameters that a
/// <c>forward</c> uses itself, stay as they are.
/// </para>
/// <para>
/// Only calls by <c>call()</c> are seen, and forward passes must go the same way for all examples. Layers that are replaced by
/// others later ask for a new graph.
/// </para>
/// </remarks>
public sealed class UnitGraph
{
    private UnitGraph(IReadOnlyList<HiddenLayer> hidden, IReadOnlyDictionary<string, string> uncoupled) => (Layers, ExcludedLayers) = (hidden, uncoupled);

    /// <summary>Names of the layers whose units can be replaced, in the order of the model's modules.</summary>
    public IReadOnlyList<string> ReplaceableLayers => [.. Layers.Select(units => units.Layer.Name)];

    /// <summary>All other linear layers and convolutions by name, each with the reason.</summary>
    public IReadOnlyDictionary<string, string> ExcludedLayers { get; }

    /// <summary>The layers of <see cref="ReplaceableLayers"/>, with all that belongs to each of their units.</summary>
    public IReadOnlyList<HiddenLayer> Layers { get; }

    /// <summary>
    /// Follows the units of a model through forward passes in eval mode: one for each layer, with a batch of 2 + 2·log2(units)
    /// copies of one example. Nothing of the model is changed.
    /// </summary>
    /// <param name="model">Maps inputs [n, …] to outputs [n, …], and treats examples one by one in eval mode.</param>
    /// <param name="exampleInput">Inputs [n, …] of a floating-point type on the model's device, of which the first is used; not changed.</param>
    /// <param name="isNormalization">
    /// Which modules of one's own are normalizations: with a <c>weight</c> that begins at 1 and a <c>bias</c> that begins at 0, both
    /// optional, one entry for each channel (dimension 1). Default: none.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The example is no batch of floating-point inputs, or what is said to be a normalization has other parameters.
    /// </exception>
    /// <exception cref="InvalidOperationException">The model gives NaN for the example, or a layer gets examples regrouped.</exception>
    public static UnitGraph Trace(nn.Module<Tensor, Tensor> model, Tensor exampleInput, Func<nn.Module, bool>? isNormalization = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(exampleInput);
        var coupling = new UnitCoupling(model, exampleInput, isNormalization ?? (_ => false));
        var hidden = new List<HiddenLayer>();
        var uncoupled = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var layer in coupling.Layers)
        {
            try
            {
                hidden.Add(coupling.Couple(layer));
            }
            catch (UncoupledException reason)
            {
                uncoupled.Add(layer.Name, reason.Message);
            }
        }

        return new UnitGraph(hidden, uncoupled);
    }

    /// <summary>Some of <see cref="Layers"/>.</summary>
    /// <param name="names">Which, by their names.</param>
    /// <exception cref="ArgumentException">No layer is left; the message says which could be, and why not the others.</exception>
    public IReadOnlyList<HiddenLayer> Select(Func<string, bool> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        var selected = Layers.Where(units => names(units.Layer.Name)).ToList();
        if (selected.Count > 0)
        {
            return selected;
        }

        var hidden = ReplaceableLayers.Count == 0 ? "none has" : $"only {string.Join(", ", ReplaceableLayers.Select(name => $"'{name}'"))} have";
        var reasons = ExcludedLayers.Select(layer => $" '{layer.Key}': {layer.Value}.");
        throw new ArgumentException($"No layer is selected whose units can be replaced: {hidden} such units.{string.Concat(reasons)}", nameof(names));
    }
}
