using System.Globalization;
using Zapping.Training.Torch;

namespace Zapping.Training;

/// <summary>
/// A step would have made the model useless: its loss, a gradient, or a buffer that its forward pass wrote was NaN or infinite. Weights,
/// optimizer state, buffers and counts are as before the step, so that training may go on with the next batch.
/// </summary>
/// <remarks>
/// Of LBFGS, which keeps what it has learned of its evaluations in native code, only the weights are given back. The class boundary of an episode that failed has been
/// signaled and counted.
/// </remarks>
public sealed class NonFiniteStepException : ArithmeticException
{
    internal NonFiniteStepException(double loss, long step, TrainingBoundary? boundary, NonFiniteTensors? tensors = null)
        : base(
            $"{FindingOf(loss, tensors)} at step {step}, after {boundary?.ToString() ?? "no boundary"}. Nothing was updated: weights, optimizer state and buffers are as "
            + $"before the step. {tensors?.Advice ?? "A lower learning rate or gradient clipping may help; check the inputs too."}")
    {
        Finding = FindingOf(loss, tensors);
        Loss = loss;
        Step = step;
        Boundary = boundary;
        Tensors = tensors?.Names ?? [];
    }

    /// <summary>The loss, which is finite where a gradient or a buffer is not.</summary>
    public double Loss { get; }

    /// <summary>The step, counted from 0.</summary>
    public long Step { get; }

    /// <summary>The last class, epoch or task boundary before it, if there was one.</summary>
    public TrainingBoundary? Boundary { get; }

    /// <summary>
    /// Names of the parameters whose gradients, or of the buffers whose values, were not finite; empty where the loss was not, which is looked at first.
    /// </summary>
    public IReadOnlyList<string> Tensors { get; }

    /// <summary>What the message begins with.</summary>
    internal string Finding { get; }

    private static string FindingOf(double loss, NonFiniteTensors? tensors)
    {
        var number = loss.ToString(CultureInfo.InvariantCulture);
        return tensors is null ? $"The loss is {number}" : $"The loss is {number}, but {tensors.What}";
    }
}
