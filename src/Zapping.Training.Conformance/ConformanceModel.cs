using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Conformance;

/// <summary>
/// The model on which policies are checked: 6 inputs, a linear layer <c>body</c> with <see cref="Features"/> units, a ReLU, and a
/// linear classifier <c>head</c> with <see cref="Units"/> units.
/// </summary>
public static class ConformanceModel
{
    /// <summary>Units of the body: 5.</summary>
    public const int Features = 5;

    /// <summary>Units of the classifier: 8.</summary>
    public const int Units = 8;

    private const int Inputs = 6;

    /// <summary>Makes one; always with the same weights for the same seed.</summary>
    /// <param name="type">Type of all parameters.</param>
    /// <param name="seed">Of the weights.</param>
    public static Sequential Create(ScalarType type = ScalarType.Float32, ulong seed = 1)
    {
        var model = Sequential(("body", Linear(Inputs, Features)), ("relu", ReLU()), ("head", Linear(Features, Units)));
        using var noGrad = no_grad();
        using var generator = new Generator(seed);
        foreach (var parameter in model.parameters())
        {
            parameter.normal_(0, 0.5, generator);
        }

        model.to(type);
        return model;
    }

    /// <summary>One input [1, 6] of ones, of the type of the model's parameters.</summary>
    /// <param name="model">Made by <see cref="Create"/>.</param>
    public static Tensor ExampleInput(Module model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return ones(1, Inputs, model.parameters().First().dtype);
    }

    /// <summary>A forward pass, as of training, in which the units of the body have these values in front of the ReLU.</summary>
    /// <param name="model">Made by <see cref="Create"/>.</param>
    /// <param name="body">A value for each of the <see cref="Features"/> units.</param>
    /// <exception cref="ArgumentException">There are more or fewer values than units.</exception>
    public static void Activate(Module<Tensor, Tensor> model, params IReadOnlyList<double> body)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(body);
        if (body.Count != Features)
        {
            throw new ArgumentException($"There are {body.Count} values for the {Features} units of the body: give one for each.", nameof(body));
        }

        using var scope = NewDisposeScope();
        var layer = (Linear)model.named_modules().Single(m => m.name == "body").module;
        var values = tensor(body.ToArray()) - layer.bias!.detach().to(ScalarType.Float64);
        var input = linalg.pinv(layer.weight.detach().to(ScalarType.Float64)).matmul(values);
        model.call(input.unsqueeze(0).to(layer.weight.dtype));
    }
}
