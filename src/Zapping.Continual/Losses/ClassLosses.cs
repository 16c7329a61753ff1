using TorchSharp;
using static TorchSharp.torch;

namespace Zapping.Continual.Losses;

/// <summary>
/// Cross-entropies of continual learning: functions of logits [n, units] and labels [n] of class ids, 64-bit integers, that give the mean over examples, a scalar. Each fits a trainer as it is:
/// <c>new ContinualTrainer(model, optimizer, (outputs, labels) => ClassLosses.Local(outputs, labels, classes))</c>.
/// </summary>
public static class ClassLosses
{
    private static readonly double[] Little = [1e-7];

    /// <summary>
    /// Local, or masked, cross-entropy: the softmax is over some classes alone, such as those of the task, so other classes' logits get no gradient (SLCA, arXiv 2303.05118; the "intra-task" loss of CCIL, arXiv 2102.09517).
    /// </summary>
    /// <param name="logits">[n, units].</param>
    /// <param name="labels">[n], each one of the classes.</param>
    /// <param name="classes">The classes that compete, at least one.</param>
    /// <exception cref="ArgumentException">There is no class, one comes twice or has no unit, or a label is none of them.</exception>
    public static Tensor Local(Tensor logits, Tensor labels, IReadOnlyList<int> classes)
    {
        LossCheck.Ensure(logits, labels);
        using var scope = NewDisposeScope();
        var (units, places) = LossCheck.Places(logits, labels, classes);
        return nn.functional.cross_entropy(logits.index_select(1, units), places).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Symmetric cross-entropy (Wang et al., 2019, as in SLCA++, arXiv 2408.08295): a · CE + b · RCE with RCE = −Σ_k p_k · log q_k, p the softmax clamped to [1e-7, 1] and q the one-hot label clamped to [1e-4, 1], so that
    /// RCE is nearly 9.2103 · (1 − p_y).
    /// </summary>
    /// <param name="logits">[n, units].</param>
    /// <param name="labels">[n].</param>
    /// <param name="crossEntropy">a, at least 0; published: 1 or 0.5.</param>
    /// <param name="reverse">b, at least 0; published: 0.1 or 0.5.</param>
    public static Tensor Symmetric(Tensor logits, Tensor labels, double crossEntropy = 1, double reverse = 0.1)
    {
        LossCheck.Ensure(logits, labels);
        ArgumentOutOfRangeException.ThrowIfNegative(crossEntropy);
        ArgumentOutOfRangeException.ThrowIfNegative(reverse);
        using var scope = NewDisposeScope();
        using Scalar least = 1e-7;
        using Scalar most = 1;
        using Scalar leastLabel = 1e-4;
        var said = logits.softmax(1).clamp(least, most);
        var wanted = nn.functional.one_hot(labels, logits.size(1)).to(logits.dtype).clamp(leastLabel, most).log();
        var reversed = (said * wanted).sum(1).mean();
        return (nn.functional.cross_entropy(logits, labels).Times(crossEntropy) - reversed.Times(reverse)).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Cross-entropy of logits whose length does not count (SLCA, arXiv 2303.05118, stage 2): z / (m · τ), with m the mean over tasks of the L2 norm of the task's logits, and 1e-7.
    /// </summary>
    /// <param name="logits">[n, units].</param>
    /// <param name="labels">[n], each one of the tasks' classes.</param>
    /// <param name="tasks">The classes of each task; all of them compete.</param>
    /// <param name="temperature">τ, above 0; published: 0.1, and 0.05 for Cars.</param>
    /// <exception cref="ArgumentException">There is no task, or a class comes twice, has no unit, or is a label and in no task.</exception>
    public static Tensor Normalized(Tensor logits, Tensor labels, IReadOnlyList<IReadOnlyList<int>> tasks, double temperature = 0.1)
    {
        LossCheck.Ensure(logits, labels);
        using var scope = NewDisposeScope();
        ArgumentNullException.ThrowIfNull(tasks);
        var (units, places) = LossCheck.Places(logits, labels, [.. tasks.SelectMany(own => own)]);
        return nn.functional.cross_entropy(Normalize(logits, tasks, temperature).index_select(1, units), places).MoveToOuterDisposeScope();
    }

    /// <summary>The logits that <see cref="Normalized"/> looks at, [n, units].</summary>
    /// <param name="logits">[n, units].</param>
    /// <param name="tasks">The classes of each task.</param>
    /// <param name="temperature">τ, above 0.</param>
    public static Tensor Normalize(Tensor logits, IReadOnlyList<IReadOnlyList<int>> tasks, double temperature = 0.1)
    {
        ArgumentNullException.ThrowIfNull(logits);
        ArgumentNullException.ThrowIfNull(tasks);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(temperature);
        if (tasks.Count == 0)
        {
            throw new ArgumentException("There is no task, so there is no norm.", nameof(tasks));
        }

        using var scope = NewDisposeScope();
        var norms = tasks.Select(own => logits.OfClasses(own).Squared().sum(1, keepdim: true).sqrt()).ToArray();
        var little = tensor(Little, logits.dtype, logits.device);
        return (logits / stack(norms).mean([0]).Plus(little).Times(temperature)).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Cross-entropy of aligned logits (FOSTER, arXiv 2204.04662): each class's logit is divided by its weight, so that a class with few examples, whose weight is above 1, is learned with larger logits. Training alone divides; evaluation
    /// takes the logits as they are.
    /// </summary>
    /// <param name="logits">[n, units].</param>
    /// <param name="labels">[n].</param>
    /// <param name="weights">A weight above 0 for each unit, such as <see cref="EffectiveNumber.Weights"/>.</param>
    /// <exception cref="ArgumentException">There are not as many weights as units, or one is not above 0.</exception>
    public static Tensor Aligned(Tensor logits, Tensor labels, IReadOnlyList<double> weights)
    {
        LossCheck.Ensure(logits, labels);
        using var scope = NewDisposeScope();
        return nn.functional.cross_entropy(logits / LossCheck.Weights(logits, weights), labels).MoveToOuterDisposeScope();
    }

    /// <summary>Cross-entropy with label smoothing (Szegedy et al., 2016): the target is 1 − ε for the label, and ε / units more for each unit.</summary>
    /// <param name="logits">[n, units].</param>
    /// <param name="labels">[n].</param>
    /// <param name="smoothing">ε, from 0 to 1; published for CCIL: 0.1.</param>
    public static Tensor Smoothed(Tensor logits, Tensor labels, double smoothing = 0.1)
    {
        LossCheck.Ensure(logits, labels);
        ArgumentOutOfRangeException.ThrowIfNegative(smoothing);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(smoothing, 1);
        using var scope = NewDisposeScope();
        var said = logits.log_softmax(1);
        return (nn.functional.nll_loss(said, labels).Times(1 - smoothing) - said.mean([1]).mean().Times(smoothing)).MoveToOuterDisposeScope();
    }
}
