using TorchSharp.Modules;
using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training.Steps;

/// <summary>
/// Has checkpoints hold the gradients that the last step has left in some parameters, for what reads them at the next step boundary, such as a policy that judges by gradients: without
/// them a resumed run would not see the gradients of the step before the checkpoint, and differ from one that was not interrupted.
/// </summary>
/// <remarks>Nothing is copied but when a checkpoint is saved. An absent gradient stays absent.</remarks>
public sealed class GradientMemory : ITrainingMemory
{
    private readonly nn.Module _model;
    private readonly string[] _parameters;

    /// <summary>Remembers nothing yet: the gradients are the parameters' own.</summary>
    /// <param name="model">The model that is trained.</param>
    /// <param name="name">See <see cref="ITrainingMemory.Name"/>.</param>
    /// <param name="parameters">Names in the model, such as <c>body.weight</c>.</param>
    /// <exception cref="ArgumentException">The model has no parameter of one of the names.</exception>
    public GradientMemory(nn.Module model, string name, IEnumerable<string> parameters)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(parameters);
        (_model, Name, _parameters) = (model, name, [.. parameters]);
        foreach (var parameter in _parameters)
        {
            Named(parameter);
        }
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<string, Tensor>> Save() =>
        [.. _parameters.Select(name => (Name: name, Named(name).grad)).Where(own => own.grad is not null).Select(own => KeyValuePair.Create(own.Name, own.grad!))];

    /// <inheritdoc/>
    public void Load(IReadOnlyDictionary<string, Tensor> saved)
    {
        ArgumentNullException.ThrowIfNull(saved);
        foreach (var (name, gradient) in saved)
        {
            if (!_parameters.Contains(name, StringComparer.Ordinal))
            {
                throw new InvalidDataException($"there is a gradient of '{name}', which is none of {string.Join(", ", _parameters.Select(own => $"'{own}'"))}.");
            }

            if (Named(name) is var parameter && (gradient.dtype != parameter.dtype || !TensorShape.Of(gradient).AsSpan().SequenceEqual(TensorShape.Of(parameter))))
            {
                throw new InvalidDataException(
                    $"the gradient of '{name}' is {gradient.dtype} [{string.Join(", ", gradient.shape)}], but the parameter is {parameter.dtype} [{string.Join(", ", parameter.shape)}].");
            }
        }

        using var noGrad = no_grad();
        foreach (var name in _parameters)
        {
            var parameter = Named(name);
            if (!saved.TryGetValue(name, out var gradient))
            {
                parameter.grad = null;
                continue;
            }

            using var own = empty_like(parameter);
            own.copy_(gradient);
            parameter.grad = own;
        }
    }

    private Parameter Named(string name) => _model.get_parameter(name)
        ?? throw new ArgumentException($"The model {ModuleName.Of(_model)} has no parameter '{name}'. There are: {string.Join(", ", _model.named_parameters().Select(own => own.name))}.", nameof(name));
}
