using TorchSharp.Modules;
using Zapping.Training.Torch;

namespace Zapping.Training.Heads;

/// <summary>A classifier's parameters at one moment: not to be kept, because <c>.to()</c> and assignments replace them.</summary>
public sealed class Head
{
    internal Head(Parameter weight, Parameter? bias)
    {
        ArgumentNullException.ThrowIfNull(weight);
        ObjectDisposedException.ThrowIf(weight.IsInvalid, typeof(Head));
        var shape = TensorShape.Of(weight);
        if (shape.Length is not 2 && shape is not [_, _, 1, 1])
        {
            throw new InvalidOperationException(
                $"A classifier's weight is [units, features] or [units, features, 1, 1], but this one is [{string.Join(", ", shape)}].");
        }

        Weight = weight;
        Bias = bias;
        UnitCount = checked((int)shape[0]);
        FanIn = shape[1];
    }

    /// <summary>[units, features] or [units, features, 1, 1].</summary>
    public Parameter Weight { get; }

    /// <summary>[units], if there is one.</summary>
    public Parameter? Bias { get; }

    /// <summary>Output units, one a class.</summary>
    public int UnitCount { get; }

    /// <summary>Features, which are the inputs of a unit.</summary>
    public long FanIn { get; }
}
