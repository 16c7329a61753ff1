using TorchSharp.Modules;
using Zapping.Training.Validation;
using static TorchSharp.torch;

namespace Zapping.Training.Optimizers;

/// <summary>
/// TorchSharp's <see cref="Adam"/> with libtorch's fused step: one pass over memory instead of a dozen, and on a GPU one
/// launch for all parameters of a group that have made as many steps.
/// <code>
/// using var optimizer = new FusedAdam(model.parameters(), 1e-3);
/// </code>
/// It is an <see cref="Adam"/>: options, state, parameter groups, learning-rate schedules, resets and checkpoints are
/// the same. The update is PyTorch's, "Adam: A Method for Stochastic Optimization", arXiv 1412.6980, and differs from
/// TorchSharp's by rounding only. Files of <c>save_state_dict</c> and checkpoints name the class, so each is read by
/// the class that wrote it; <c>load_state_dict(other.state_dict())</c> goes from one to the other.
/// <para>
/// A parameter or gradient that is not contiguous, a sparse gradient, and half precision on the CPU cost a copy each
/// step. Parameters must be floating-point numbers.
/// </para>
/// </summary>
public sealed class FusedAdam : Adam
{
    /// <summary>Makes an optimizer with one group of parameters, made after the model was moved to its device.</summary>
    /// <param name="parameters">What it moves; read at every step.</param>
    /// <param name="lr">Learning rate, at least 0.</param>
    /// <param name="beta1">Decay of the mean of gradients, at least 0 and below 1.</param>
    /// <param name="beta2">Decay of the mean of squared gradients, at least 0 and below 1.</param>
    /// <param name="eps">Added to the denominator, at least 0.</param>
    /// <param name="weight_decay">How much of the weights is added to the gradient (L2), at least 0.</param>
    /// <param name="amsgrad">Whether the largest mean of squares so far divides, arXiv 1904.09237.</param>
    /// <param name="maximize">Whether steps go up the gradient.</param>
    /// <exception cref="ArgumentNullException"><paramref name="parameters"/> is null.</exception>
    /// <exception cref="ArgumentException">A number is out of its range.</exception>
    public FusedAdam(
        IEnumerable<Parameter> parameters,
        double lr = 1e-3,
        double beta1 = 0.9,
        double beta2 = 0.999,
        double eps = 1e-8,
        double weight_decay = 0,
        bool amsgrad = false,
        bool maximize = false)
        : base(Guard.CheckedWhenRead(parameters, () => OptimizerRules.EnsureAdam(lr, beta1, beta2, eps, weight_decay)), lr, beta1, beta2, eps, weight_decay, amsgrad, maximize)
    {
    }

    /// <summary>Makes an optimizer with several groups of parameters; what a group leaves open is as given here.</summary>
    /// <inheritdoc cref="FusedAdam(IEnumerable{Parameter}, double, double, double, double, double, bool, bool)"/>
    public FusedAdam(
        IEnumerable<ParamGroup> parameters,
        double lr = 1e-3,
        double beta1 = 0.9,
        double beta2 = 0.999,
        double eps = 1e-8,
        double weight_decay = 0,
        bool amsgrad = false,
        bool maximize = false)
        : base(Guard.CheckedWhenRead(parameters, () => OptimizerRules.EnsureAdam(lr, beta1, beta2, eps, weight_decay)), lr, beta1, beta2, eps, weight_decay, amsgrad, maximize)
    {
    }

    /// <summary>Makes one step. Parameters without a gradient, and their step counters, stay as they are.</summary>
    /// <param name="closure">Computes the loss and its gradients first, if given.</param>
    /// <returns>The closure's loss, or null.</returns>
    /// <exception cref="NotSupportedException">A parameter is not of a floating-point type.</exception>
    public override Tensor? step(Func<Tensor>? closure = null) => _step<ParamGroup>(
        group => FusedMoments.Step(group.Parameters, RuleOf(group.Options), Read, Count, FusedKernels.Adam), closure);

    private static AdamRule RuleOf(Options options) => new(
        options.LearningRate!.Value,
        options.beta1!.Value,
        options.beta2!.Value,
        options.weight_decay!.Value,
        options.eps!.Value,
        options.amsgrad!.Value,
        options.maximize!.Value);

    private AdamMoments Read(Parameter parameter)
    {
        var state = StateOf(parameter);
        return new(state.step, state.exp_avg, state.exp_avg_sq, state.max_exp_avg_sq);
    }

    private void Count(Parameter parameter) => StateOf(parameter).step++;

    private State StateOf(Parameter parameter) => (State)_state[parameter.Handle];
}
