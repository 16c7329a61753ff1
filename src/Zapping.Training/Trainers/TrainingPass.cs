using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using TorchSharp.Modules;
using Zapping.Training.Steps;
using Zapping.Training.Telemetry;
using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training;

/// <summary>The forward and backward passes of a trainer's steps, looked at before anything is updated, and undone if they fail.</summary>
/// <param name="model">The model that is trained.</param>
/// <param name="optimizers">All of its optimizers.</param>
/// <param name="loss">Maps (outputs, labels) to a scalar.</param>
/// <param name="gathered">What forward passes write besides the model's buffers.</param>
internal sealed class TrainingPass(
    nn.Module<Tensor, Tensor> model,
    IReadOnlyList<optim.Optimizer> optimizers,
    Func<Tensor, Tensor, Tensor> loss,
    Func<IEnumerable<(string Name, Tensor Tensor)>> gathered) : IDisposable
{
    private readonly StepGuard _guard = new(model, gathered);
    private readonly BatchStatistics _statistics = new(model);

    /// <summary>Maps (outputs, labels) to a scalar.</summary>
    public Func<Tensor, Tensor, Tensor> Loss => loss;

    /// <summary>To which the global L2 norm of all gradients is clipped; null for no clipping.</summary>
    public double? MaxGradientNorm { get; set; }

    /// <summary>Whether gradients are looked at for NaN and infinity.</summary>
    public bool LooksAtGradients { get; set; } = true;

    public ILogger Log { get; set; } = NullLogger.Instance;

    // A native optimizer (LBFGS) names its parameters only by new handles, and with a warning.
    public IEnumerable<Parameter> Parameters => optimizers[0] is OptimizerHelper
        ? optimizers.SelectMany(optimizer => optimizer.parameters())
        : model.parameters();

    // Only what the caller needs outlives the inner scope. Everything else is then autograd's alone, which frees each
    // activation as soon as the backward pass has used it, and the next gradient takes its warm memory.
    public (Tensor Outputs, Tensor Loss) Forward(Tensor inputs, Tensor labels)
    {
        using var activations = NewDisposeScope();
        var outputs = model.call(inputs);
        var scalar = loss(outputs, labels);
        foreach (var result in new[] { outputs, scalar })
        {
            if (activations.Contains(result))
            {
                activations.MoveToOuter(result);
            }
        }

        return scalar.numel() == 1
            ? (outputs, scalar)
            : throw new InvalidOperationException($"The loss must be a scalar, but has shape [{string.Join(", ", scalar.shape)}].");
    }

    /// <summary>To be called before a batch of one example, and before its boundaries are signaled.</summary>
    /// <param name="example">[n, …], of which the first is such an example.</param>
    /// <exception cref="InvalidOperationException">A layer would have no variance. Nothing has been written.</exception>
    public void EnsureFitsAlone(Tensor example)
    {
        using var one = example.narrow(0, 0, 1);
        _statistics.EnsureFor(one);
    }

    /// <summary>
    /// Makes what comes before an update: a forward and a backward pass, and a look at what they made. If it fails, buffers and what policies have
    /// gathered are as before, and no gradient is left.
    /// </summary>
    /// <param name="pass">The passes; they leave the gradients in the parameters.</param>
    /// <param name="step">Its number, for messages.</param>
    /// <param name="boundary">For messages.</param>
    /// <param name="moved">Parameters that the passes move themselves.</param>
    /// <returns>The outputs, the loss, its value, and the norm of all gradients before clipping.</returns>
    /// <exception cref="NonFiniteStepException">The loss, a gradient or a buffer is NaN or infinite.</exception>
    public Gradient Prepare(
        Func<(Tensor Outputs, Tensor Loss)> pass, long step, TrainingBoundary? boundary, IEnumerable<(string Name, Parameter Parameter)>? moved = null)
    {
        _guard.Begin(moved ?? []);
        try
        {
            var (outputs, loss) = pass();
            var (value, norm) = Inspect(loss, step, boundary);
            return new Gradient(outputs, loss, value, norm);
        }
        catch
        {
            _guard.Undo();
            ClearGradients();
            throw;
        }
    }

    /// <summary>Remembers all that a step may write before its update, and the parameters.</summary>
    public TensorMemo Remember()
    {
        var memo = new TensorMemo();
        memo.Remember(_guard.Written.Concat(model.named_parameters().Select(p => (p.name, (Tensor)p.parameter))));
        return memo;
    }

    /// <exception cref="NonFiniteStepException">The loss is NaN or infinite.</exception>
    public double EnsureFinite(double loss, long step, TrainingBoundary? boundary) =>
        double.IsFinite(loss) ? loss : throw Refused(loss, step, boundary, null);

    // An absent gradient, unlike one of zeros, leaves a parameter and its moments alone, and the next backward pass
    // hands its buffer over instead of adding to one.
    public void ClearGradients()
    {
        foreach (var parameter in Parameters)
        {
            parameter.grad = null;
        }
    }

    public static bool HasGradient(Parameter parameter)
    {
        using var gradient = parameter.grad;
        return gradient is not null;
    }

    public void Dispose() => _guard.Dispose();

    private (double Loss, double? Norm) Inspect(Tensor loss, long step, TrainingBoundary? boundary)
    {
        List<Parameter> parameters = [.. Parameters.Where(HasGradient)];
        var (value, others) = _guard.Inspect(loss, LooksAtGradients ? parameters : []);
        if (!double.IsFinite(value) || others is not null)
        {
            throw Refused(value, step, boundary, double.IsFinite(value) ? others : null);
        }

        if (MaxGradientNorm is not { } max)
        {
            return (value, null);
        }

        var norm = nn.utils.clip_grad_norm_(parameters, max);
        return double.IsFinite(norm) ? (value, norm) : throw Refused(value, step, boundary, NonFiniteTensors.Norm(norm));
    }

    private NonFiniteStepException Refused(double loss, long step, TrainingBoundary? boundary, NonFiniteTensors? others)
    {
        var refused = new NonFiniteStepException(loss, step, boundary, others);
        TrainingLog.NonFiniteStep(Log, refused.Finding, refused.Step, boundary?.ToString() ?? "no boundary");
        return refused;
    }

}

/// <param name="Outputs">Of the model.</param>
/// <param name="Loss">A scalar.</param>
/// <param name="Value">The loss.</param>
/// <param name="Norm">The global L2 norm of all gradients before clipping; null without clipping.</param>
internal readonly record struct Gradient(Tensor Outputs, Tensor Loss, double Value, double? Norm);
