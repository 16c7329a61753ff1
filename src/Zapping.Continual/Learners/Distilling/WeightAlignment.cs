using Zapping.Continual.Memory;
using Zapping.Training;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Continual.Learners.Distilling;

/// <summary>
/// Weight alignment (WA; Zhao et al., "Maintaining Discrimination and Fairness in Class Incremental Learning", 2020): training on the task and exemplars with distillation, and then the rows of the new classes are multiplied by the mean
/// norm of the old classes' rows divided by the mean norm of their own, as rows of classes with many examples grow too long. Biases stay as they are.
/// </summary>
/// <remarks>The released code keeps weights above 0 after each step, which is not done here.</remarks>
/// <threadsafety>One thread at a time.</threadsafety>
public sealed class WeightAlignment : RehearsalLearner
{
    /// <summary>Makes a learner.</summary>
    /// <param name="model">Maps inputs [n, …] to logits [n, units]; it stays the caller's to dispose of.</param>
    /// <param name="optimizer">Made for the model.</param>
    /// <param name="memory">The exemplars; disposed of with the learner.</param>
    /// <param name="options">Read now; default: see there.</param>
    /// <param name="configure">Adds resets, observers and what else a trainer takes.</param>
    public WeightAlignment(
        Module<Tensor, Tensor> model, optim.Optimizer optimizer, ExemplarMemory memory, RehearsalOptions? options = null, Action<ContinualTrainer>? configure = null)
        : base(model, optimizer, memory, options ?? new RehearsalOptions(), configure)
    {
    }

    /// <summary>Multiplies the rows of new classes, so that their mean L2 norm is that of the old classes' rows.</summary>
    /// <param name="weight">[units, features], which is written.</param>
    /// <param name="old">The old classes, at least one.</param>
    /// <param name="added">The new classes, at least one.</param>
    /// <returns>The factor γ.</returns>
    /// <exception cref="InvalidOperationException">The rows of the new classes are zero or not finite; nothing has been written.</exception>
    public static double Align(Tensor weight, IReadOnlyList<int> old, IReadOnlyList<int> added)
    {
        ArgumentNullException.ThrowIfNull(weight);
        ArgumentNullException.ThrowIfNull(old);
        ArgumentNullException.ThrowIfNull(added);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var norms = weight.detach().to(ScalarType.Float64).flatten(1);
        norms = (norms * norms).sum(1).sqrt();
        double Mean(IReadOnlyList<int> classes) => norms.index_select(0, Rows(classes, weight)).mean().item<double>();
        var factor = Mean(old) / Mean(added);
        if (!double.IsFinite(factor) || factor <= 0)
        {
            throw new InvalidOperationException($"Rows of the classes {string.Join(", ", added)} cannot be aligned with those of before: the factor would be {factor}. Look at the learning rate, and at what resets the rows.");
        }

        using TorchSharp.Scalar number = factor;
        var rows = Rows(added, weight);
        weight.index_copy_(0, rows, weight.detach().index_select(0, rows) * number);
        return factor;
    }

    private protected override void Close(CancellationToken cancel)
    {
        if (LearnedClasses.Count > 0)
        {
            Align(FindHead().Weight, LearnedClasses, Task.Classes);
        }
    }

    private static Tensor Rows(IReadOnlyList<int> classes, Tensor weight) => tensor(classes.Select(id => (long)id).ToArray(), device: weight.device);
}
