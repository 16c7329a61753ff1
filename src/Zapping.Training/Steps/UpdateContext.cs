using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Zapping.Training.Steps;

/// <summary>A step between its backward pass and its update, for an <see cref="IUpdateRule"/>.</summary>
public sealed class UpdateContext
{
    private Func<bool, double>? _again;

    internal UpdateContext(nn.Module model, IReadOnlyList<optim.Optimizer> optimizers, long step, TrainingBoundary? boundary, Func<bool, double> again)
    {
        (Model, Optimizers, Step, Boundary, _again) = (model, optimizers, step, boundary, again);
    }

    /// <summary>The model.</summary>
    public nn.Module Model { get; }

    /// <summary>The optimizers that will step.</summary>
    public IReadOnlyList<optim.Optimizer> Optimizers { get; }

    /// <summary>Which step, counted from 0.</summary>
    public long Step { get; }

    /// <summary>What began last, a step aside; null before anything has.</summary>
    public TrainingBoundary? Boundary { get; }

    /// <summary>The model's parameters that have a gradient, by name. An absent gradient leaves a parameter and its moments alone; one of zeros does not.</summary>
    public IEnumerable<(string Name, Parameter Parameter)> Parameters => Model.named_parameters().Where(own => HasGradient(own.parameter)).Select(own => (own.name, own.parameter));

    /// <summary>
    /// Clears the gradients, and makes the forward and backward passes of the same batch again, all loss terms and parts included, at the parameters' present values. What the model's buffers and
    /// the policies took from the first pass stays, and nothing is taken from this one.
    /// </summary>
    /// <param name="replayNoise">Whether dropout and other noise of libtorch's global generator is that of the first pass; default true.</param>
    /// <returns>The loss of this pass. It waits for the device.</returns>
    /// <exception cref="InvalidOperationException">The parameters have been updated.</exception>
    public double Again(bool replayNoise = true) =>
        _again is { } again ? again(replayNoise) : throw new InvalidOperationException($"{nameof(Again)} comes too late: the optimizers have made their step.");

    internal void Close() => _again = null;

    private static bool HasGradient(Parameter parameter)
    {
        using var gradient = parameter.grad;
        return gradient is not null;
    }
}
