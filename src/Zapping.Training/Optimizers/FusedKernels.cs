using TorchSharp;
using TorchSharp.Modules;
using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training.Optimizers;

/// <summary>
/// libtorch's calls that move many parameters at once. On a GPU each is one kernel launch, or a few, instead of a dozen
/// for every parameter.
/// </summary>
internal static class FusedKernels
{
    // The kernels read the step counts and leave them as they are.
    private static readonly AtenScript Script = new(
        """
        def adam(p: List[Tensor], g: List[Tensor], m: List[Tensor], v: List[Tensor], v_max: List[Tensor], step: Tensor,
                 lr: float, beta1: float, beta2: float, decay: float, eps: float, amsgrad: bool, maximize: bool):
            torch._fused_adam_(p, g, m, v, v_max, [step] * len(p), lr=lr, beta1=beta1, beta2=beta2,
                               weight_decay=decay, eps=eps, amsgrad=amsgrad, maximize=maximize)

        def adamw(p: List[Tensor], g: List[Tensor], m: List[Tensor], v: List[Tensor], v_max: List[Tensor], step: Tensor,
                  lr: float, beta1: float, beta2: float, decay: float, eps: float, amsgrad: bool, maximize: bool):
            torch._fused_adamw_(p, g, m, v, v_max, [step] * len(p), lr=lr, beta1=beta1, beta2=beta2,
                                weight_decay=decay, eps=eps, amsgrad=amsgrad, maximize=maximize)

        def sgd(p: List[Tensor], g: List[Tensor], buffers: List[Tensor], lr: float, momentum: float, dampening: float,
                decay: float, nesterov: bool, maximize: bool, first: bool):
            torch._fused_sgd_(p, g, buffers, weight_decay=decay, momentum=momentum, lr=lr, dampening=dampening,
                              nesterov=nesterov, maximize=maximize, is_first_step=first)

        def add(p: List[Tensor], g: List[Tensor], alpha: float):
            torch._foreach_add_(p, g, alpha=alpha)
        """);

    /// <param name="batch">With the states exp_avg, exp_avg_sq and, for amsgrad, max_exp_avg_sq.</param>
    /// <param name="step">Which step this is for all of them, from 1.</param>
    /// <param name="rule">What the group of parameters has been told.</param>
    public static void Adam(FusedBatch batch, long step, AdamRule rule) => Adam("adam", batch, step, rule);

    /// <inheritdoc cref="Adam(FusedBatch, long, AdamRule)"/>
    public static void AdamW(FusedBatch batch, long step, AdamRule rule) => Adam("adamw", batch, step, rule);

    /// <param name="batch">With the state momentum_buffer, unless there is no momentum.</param>
    /// <param name="isFirst">Whether the buffers are to be made from the gradients, whatever is in them.</param>
    /// <param name="options">What the group of parameters has been told.</param>
    public static void Sgd(FusedBatch batch, bool isFirst, SGD.Options options)
    {
        Script.Invoke(
            "sgd",
            batch.Parameters,
            batch.Gradients,
            batch.State(0),
            options.LearningRate!.Value,
            options.momentum!.Value,
            options.dampening!.Value,
            options.weight_decay!.Value,
            options.nesterov!.Value,
            options.maximize!.Value,
            isFirst);
        batch.WriteBack();
    }

    /// <summary>theta = theta - a * gradient, in place, to the bit what <c>add_(gradient, -a)</c> gives.</summary>
    /// <param name="parameters">Those without a gradient stay where they are.</param>
    /// <param name="gradients">One for each parameter, or null.</param>
    /// <param name="learningRate">a.</param>
    public static void Descend(IReadOnlyList<Parameter> parameters, IReadOnlyList<Tensor?> gradients, double learningRate)
    {
        using var noGrad = no_grad();
        var moved = parameters.Zip(gradients).Where(pair => pair.Second is not null).ToList();
        if (moved.Count > 0)
        {
            Tensor[] theta = [.. moved.Select(pair => pair.First)];
            Tensor[] gradient = [.. moved.Select(pair => pair.Second!)];
            Script.Invoke("add", theta, gradient, -learningRate);
        }
    }

    private static void Adam(string kernel, FusedBatch batch, long step, AdamRule rule)
    {
        // Filled on the device itself: copying a number there would wait for it.
        using var count = ((double)step).ToScalar();
        using var steps = full([], count, ScalarType.Float32, batch.Device);
        Script.Invoke(
            kernel,
            batch.Parameters,
            batch.Gradients,
            batch.State(0),
            batch.State(1),
            batch.State(2),
            steps,
            rule.LearningRate,
            rule.Beta1,
            rule.Beta2,
            rule.WeightDecay,
            rule.Epsilon,
            rule.AmsGrad,
            rule.Maximize);
        batch.WriteBack();
    }
}
