using System.Runtime.ExceptionServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Zapping.Training;

/// <summary>
/// Steps an optimizer that evaluates the loss itself (LBFGS). Its first evaluation is the one already made; an
/// exception in a later one must not cross native code, so it is kept and thrown afterwards.
/// </summary>
internal sealed class NativeClosure(Tensor firstLoss, Func<Tensor> evaluate)
{
    private ExceptionDispatchInfo? _failure;
    private Tensor? _first = firstLoss;

    public void Step(optim.Optimizer optimizer)
    {
        optimizer.step(Evaluate)?.Dispose();
        _failure?.Throw();
    }

    private Tensor Evaluate()
    {
        var first = Interlocked.Exchange(ref _first, null);
        if (first is not null)
        {
            return first.alias();
        }

        try
        {
            if (_failure is null)
            {
                return evaluate();
            }
        }
#pragma warning disable CA1031 // whatever it is, it is rethrown as soon as native code has returned
        catch (Exception failure)
#pragma warning restore CA1031
        {
            _failure = ExceptionDispatchInfo.Capture(failure);
        }

        using Scalar infinity = float.PositiveInfinity;
        return full(1, infinity).squeeze();
    }
}
