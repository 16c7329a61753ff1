using TorchSharp;
using TorchSharp.Modules;
using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training.UpdateRules;

/// <summary>A running average of the utility of each entry of a parameter. What it will be after a step is worked out beside it, and takes its place once the step is made.</summary>
/// <param name="utility">The average; taken over.</param>
/// <param name="left">The parameter as the last step left it; taken over.</param>
/// <param name="steps">How many utilities the average is of.</param>
internal sealed class UtilityTrace(Tensor utility, Tensor left, long steps) : IDisposable
{
    private Tensor _utility = utility.DetachFromDisposeScope();
    private Tensor _left = left.DetachFromDisposeScope();
    private long _steps = steps;
    private Tensor? _next;

    /// <summary>The average as of the step that is being made, or of the last one if this one has nothing for it.</summary>
    public Tensor Utility => _next ?? _utility;

    /// <summary>How many utilities it is of.</summary>
    public long Steps => _steps + (_next is null ? 0 : 1);

    public static UtilityTrace Of(Parameter parameter) => new(zeros(parameter.shape, Precision.Of(parameter), parameter.device), parameter.detach().clone(), 0);

    public bool Fits(Parameter parameter) => TensorPlace.Same(_left, parameter) && TensorShape.Of(_left).AsSpan().SequenceEqual(TensorShape.Of(parameter));

    /// <summary>Works out the next average: <c>beta · U - (1 - beta) · g · w</c>, where entries that were written since the last step begin at 0.</summary>
    public void Prepare(Parameter parameter, Tensor gradient, double decay)
    {
        using var scope = NewDisposeScope();
        using Scalar kept = decay;
        using Scalar added = decay - 1;
        var product = gradient.Precise() * parameter.detach().Precise();
        _next = Known(parameter).mul_(kept).add_(product, alpha: added).DetachFromDisposeScope();
    }

    /// <summary>Forgets what a step that failed has worked out.</summary>
    public void Discard()
    {
        _next?.Dispose();
        _next = null;
    }

    /// <summary>The step is made.</summary>
    public void Advance(Parameter parameter)
    {
        if (_next is null)
        {
            return; // without a gradient it was not moved, and what something else has written is still to be seen
        }

        _utility.Dispose();
        (_utility, _next, _steps) = (_next, null, _steps + 1);
        using var now = parameter.detach();
        _left.copy_(now);
    }

    /// <summary>For a checkpoint.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> Save(string name) => [new($"{name}.utility", _utility), new($"{name}.left", _left), new($"{name}.steps", tensor(_steps))];

    public void Dispose()
    {
        Discard();
        _utility.Dispose();
        _left.Dispose();
    }

    private Tensor Known(Parameter parameter)
    {
        using Scalar nothing = 0;
        return _utility.masked_fill(parameter.detach().ne(_left), nothing);
    }
}
