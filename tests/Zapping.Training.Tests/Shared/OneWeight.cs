using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Shared;

/// <summary>Layers with given weights, for values that were computed by hand.</summary>
internal static class OneWeight
{
    /// <summary>A linear layer "layer" without bias.</summary>
    public static Sequential Linear(float[,] weight)
    {
        var layer = nn.Linear(weight.GetLength(1), weight.GetLength(0), hasBias: false);
        using var noGrad = no_grad();
        layer.weight.copy_(tensor(weight));
        return Sequential(("layer", layer));
    }

    /// <summary>The first parameter, flattened.</summary>
    public static float[] Of(Module model) => [.. model.parameters().First().detach().reshape(-1).data<float>()];

    /// <summary>Gives the first parameter a gradient.</summary>
    public static void Gradient(Module model, params float[] gradient)
    {
        var parameter = model.parameters().First();
        parameter.grad = tensor(gradient).reshape(parameter.shape);
    }

    /// <summary>Runs a policy once.</summary>
    public static void Apply(Module model, IResetPolicy policy, params IReadOnlyList<optim.Optimizer> optimizers) =>
        ZapScheduler.ResetNow(model, optimizers, policy);
}
