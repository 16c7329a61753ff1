using TorchSharp.Modules;
using Zapping.Training.Parameters;
using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training.Initializers;

/// <summary>A parameter and the layer that has it, which says how it begins.</summary>
/// <param name="Name">In the model, as in <c>named_parameters()</c>.</param>
/// <param name="Module">The layer.</param>
/// <param name="Member">The parameter's name in the layer, for example <c>weight</c>.</param>
/// <param name="Parameter">The parameter.</param>
public sealed record LayerParameter(string Name, nn.Module Module, string Member, Parameter Parameter)
{
    /// <summary>The chosen parameters of a model, in the order of its modules; tied ones once.</summary>
    /// <param name="model">The model.</param>
    /// <param name="filter">Which of those that require a gradient.</param>
    /// <exception cref="InvalidOperationException">None is chosen.</exception>
    public static IReadOnlyList<LayerParameter> Of(nn.Module model, ParameterFilter filter)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(filter);
        var chosen = filter.ResolveNamed(model).Select(p => p.Name).ToHashSet(StringComparer.Ordinal); // tied weights have one name there
        return [.. ParameterCatalog.DistinctModules(model).SelectMany(own => own.Module.named_parameters(recurse: false)
            .Select(p => new LayerParameter(own.Name.Length == 0 ? p.name : $"{own.Name}.{p.name}", own.Module, p.name, p.parameter))
            .Where(own => chosen.Contains(own.Name)))];
    }

    /// <summary>How it begins when the layer is built.</summary>
    /// <exception cref="NotSupportedException">That is not known of such a layer.</exception>
    public Initializer Default => LayerDefaults.InitializerOf(Module, Member) ?? throw Unknown("The default initialization");

    /// <summary>The layer's inputs per output unit; null of a normalization, which has none.</summary>
    /// <exception cref="NotSupportedException">That is not known of such a layer.</exception>
    public long? FanIn => LayerDefaults.IsNormalization(Module) ? null : LayerDefaults.FanInOf(Module) ?? throw Unknown("The number of inputs per unit");

    /// <summary>Whether it is the weight of a linear layer or of a convolution, and so a matrix of outputs by inputs, at each position of a kernel.</summary>
    public bool IsMatrix => Member == "weight" && LayerDefaults.FanInOf(Module) is not null;

    private NotSupportedException Unknown(string what) => new(
        $"{what} of '{Name}' ({Module.GetType().Name}) is not known. Leave it out with the option Parameters.");
}
