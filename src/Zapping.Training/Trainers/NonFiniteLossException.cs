using System.Globalization;

namespace Zapping.Training;

/// <summary>The loss was NaN or infinite. The optimizer was not stepped: the model is as it was before the step.</summary>
public sealed class NonFiniteLossException : ArithmeticException
{
    internal NonFiniteLossException(double loss, long step, TrainingBoundary? boundary)
        : base(
            $"The loss is {loss.ToString(CultureInfo.InvariantCulture)} at step {step}, after {boundary?.ToString() ?? "no boundary"}. The optimizer was not stepped. "
            + "A lower learning rate or gradient clipping may help; check the inputs too.")
    {
        Loss = loss;
        Step = step;
        Boundary = boundary;
    }

    /// <summary>The loss.</summary>
    public double Loss { get; }

    /// <summary>The step, counted from 0.</summary>
    public long Step { get; }

    /// <summary>The last class, epoch or task boundary before it, if there was one.</summary>
    public TrainingBoundary? Boundary { get; }
}
