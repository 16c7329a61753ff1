using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Trainers;

/// <summary>What can go wrong with a step.</summary>
internal enum Fault
{
    // in the batch
    NanInput,
    InfiniteInput,
    HugeInput,
    WiderInputs,
    NoExample,
    OneExample,
    IgnoredLabels,
    LabelTooLarge,
    LabelNegative,
    LabelsOfInt32,
    FractionsForLabels,
    FewerLabels,

    // in the forward pass or the loss
    NanLoss,
    InfiniteLoss,
    NanDerivative,
    InfiniteDerivative,
    ChangedInPlace,
    ThrownInLoss,
    ThrownInForward,
    LossOfTwoNumbers,
    LossWithoutGraph,

    // in the model, of the caller's making
    NanWeight,
    InfiniteWeight,
    NanBuffer,
    InfiniteBuffer,
}

/// <summary>A loss, and a look at the head, of which one call goes wrong once it is armed.</summary>
internal sealed class FaultyPass(Fault fault)
{
    private static readonly Scalar NaN = double.NaN; // an object that stays, as native code reads it
    private static readonly Scalar Infinity = double.PositiveInfinity;
    private static readonly Scalar Zero = 0;
    private static readonly Scalar One = 1;
    private int _left;

    /// <summary>Whether the call has come.</summary>
    public bool HasFired { get; private set; }

    public Exception Thrown { get; } = new TimeoutException("the fault");

    /// <param name="call">Which call goes wrong, counted from 1.</param>
    public void Arm(int call) => (_left, HasFired) = (call, false);

    public void Disarm() => _left = 0;

    public void Watch(Linear head) => head.register_forward_hook((_, _, outputs) => fault == Fault.ThrownInForward && IsDue() ? throw Thrown : outputs);

    public Tensor Loss(Tensor outputs, Tensor labels)
    {
        var loss = nn.functional.cross_entropy(outputs, labels);
        if (fault == Fault.ThrownInForward || !IsDue())
        {
            return loss;
        }

        var first = outputs.select(1, 0);
        return fault switch
        {
            Fault.NanLoss => loss.add(NaN, One),
            Fault.InfiniteLoss => loss.add(Infinity, One),
            Fault.NanDerivative => loss + first.mul(Zero).sum().sqrt(),
            Fault.InfiniteDerivative => loss + (first.sum() - first.sum().detach()).sqrt(),
            Fault.ChangedInPlace => loss + ChangedInPlace(first),
            Fault.LossOfTwoNumbers => stack([loss, loss]),
            Fault.LossWithoutGraph => loss.detach(),
            _ => throw Thrown,
        };
    }

    private static Tensor ChangedInPlace(Tensor values)
    {
        var exponential = values.exp();
        var sum = exponential.sum();
        exponential.add_(One, One);
        return sum;
    }

    private bool IsDue() => _left > 0 && --_left == 0 && (HasFired = true);
}
