using TorchSharp.Modules;
using Zapping.Training.Validation;
using static TorchSharp.torch;

namespace Zapping.Training.Optimizers;

/// <summary>
/// TorchSharp's <see cref="SGD"/> with libtorch's fused step: one pass over memory, and on a GPU one launch for all
/// parameters of a group.
/// <code>
/// using var optimizer = new FusedSgd(model.parameters(), 1e-2, momentum: 0.9);
/// </code>
/// It is an <see cref="SGD"/>: options, state, parameter groups, learning-rate schedules, resets and checkpoints are the
/// same. The update is PyTorch's. TorchSharp's differs from it by rounding, and with <c>maximize</c>: there weight decay
/// makes the weights grow, and the momentum buffer has the other sign. Files of <c>save_state_dict</c> and checkpoints
/// name the class, so each is read by the class that wrote it; <c>load_state_dict(other.state_dict())</c> goes from one
/// to the other.
/// <para>
/// A parameter or gradient that is not contiguous, a sparse gradient, and half precision on the CPU cost a copy each
/// step. Parameters must be floating-point numbers.
/// </para>
/// </summary>
public sealed class FusedSgd : SGD
{
    /// <summary>Makes an optimizer with one group of parameters, made after the model was moved to its device.</summary>
    /// <param name="parameters">What it moves; read at every step.</param>
    /// <param name="lr">Learning rate, at least 0.</param>
    /// <param name="momentum">What is left of the momentum after a step, at least 0; 0: none is kept.</param>
    /// <param name="dampening">The part of a gradient that does not reach the momentum, but for the first one.</param>
    /// <param name="weight_decay">How much of the weights is added to the gradient (L2), at least 0.</param>
    /// <param name="nesterov">Whether the momentum is applied ahead; needs momentum, and no dampening.</param>
    /// <param name="maximize">Whether steps go up the gradient.</param>
    /// <exception cref="ArgumentNullException"><paramref name="parameters"/> is null.</exception>
    /// <exception cref="ArgumentException">A number is out of its range.</exception>
    public FusedSgd(
        IEnumerable<Parameter> parameters,
        double lr,
        double momentum = 0,
        double dampening = 0,
        double weight_decay = 0,
        bool nesterov = false,
        bool maximize = false)
        : base(Guard.CheckedWhenRead(parameters, () => OptimizerRules.EnsureSgd(lr, momentum, dampening, weight_decay)), lr, momentum, dampening, weight_decay, nesterov, maximize)
    {
    }

    /// <summary>Makes an optimizer with several groups of parameters; what a group leaves open is as given here.</summary>
    /// <inheritdoc cref="FusedSgd(IEnumerable{Parameter}, double, double, double, double, bool, bool)"/>
    public FusedSgd(
        IEnumerable<ParamGroup> parameters,
        double lr,
        double momentum = 0,
        double dampening = 0,
        double weight_decay = 0,
        bool nesterov = false,
        bool maximize = false)
        : base(Guard.CheckedWhenRead(parameters, () => OptimizerRules.EnsureSgd(lr, momentum, dampening, weight_decay)), lr, momentum, dampening, weight_decay, nesterov, maximize)
    {
    }

    /// <summary>Makes one step. Parameters without a gradient, and their momentum, stay as they are.</summary>
    /// <param name="closure">Computes the loss and its gradients first, if given.</param>
    /// <returns>The closure's loss, or null.</returns>
    /// <exception cref="NotSupportedException">A parameter is not of a floating-point type.</exception>
    public override Tensor? step(Func<Tensor>? closure = null) => _step<ParamGroup>(
        group =>
        {
            var hasMomentum = group.Options.momentum != 0;
            var batches = new FusedBatches<bool>();
            foreach (var parameter in group.Parameters)
            {
                var state = (State)_state[parameter.Handle];
                if (parameter.grad is not { } gradient)
                {
                    continue;
                }

                var batch = batches.For(parameter, hasMomentum && state.momentum_buffer is null);
                if (hasMomentum)
                {
                    state.momentum_buffer ??= zeros_like(parameter).DetachFromDisposeScope();
                    batch.Add(parameter, gradient, state.momentum_buffer);
                }
                else
                {
                    batch.Add(parameter, gradient);
                }
            }

            batches.Launch((batch, isFirst) => FusedKernels.Sgd(batch, isFirst, group.Options));
        },
        closure);
}
