using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using TorchSharp.Modules;
using Zapping.Training.Steps;
using Zapping.Training.Telemetry;
using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training;

/// <summary>The passes of a trainer's steps, what rules make of their gradients, and the look at both before anything is updated; what fails is undone.</summary>
/// <param name="model">The model that is trained.</param>
/// <param name="optimizers">All of its optimizers.</param>
/// <param name="gathered">What forward passes write besides the model's buffers.</param>
internal sealed class TrainingPass(
    nn.Module model, IReadOnlyList<optim.Optimizer> optimizers, Func<IEnumerable<(string Name, Tensor Tensor)>> gathered) : IDisposable
{
    private readonly StepGuard _guard = new(model, gathered);
    private readonly List<IUpdateRule> _rules = [];

    /// <summary>What is done between a backward pass and its update, in this order.</summary>
    public IReadOnlyList<IUpdateRule> Rules => _rules;

    /// <summary>To which the global L2 norm of all gradients is clipped; null for no clipping.</summary>
    public double? MaxGradientNorm { get; set; }

    /// <summary>Whether gradients are looked at for NaN and infinity.</summary>
    public bool LooksAtGradients { get; set; } = true;

    public ILogger Log { get; set; } = NullLogger.Instance;

    // A native optimizer (LBFGS) names its parameters only by new handles, and with a warning.
    public IEnumerable<Parameter> Parameters => optimizers[0] is OptimizerHelper
        ? optimizers.SelectMany(optimizer => optimizer.parameters())
        : model.parameters();

    public void Add(IUpdateRule rule) => _rules.Add(rule);

    /// <summary>
    /// Makes what comes before an update: a forward and a backward pass, the rules, and a look at what they made. If it fails, buffers and what policies have
    /// gathered are as before, and no gradient is left.
    /// </summary>
    /// <param name="pass">The passes; they leave the gradients in the parameters.</param>
    /// <param name="step">Its number, for messages.</param>
    /// <param name="boundary">For messages.</param>
    /// <param name="moved">Parameters that the passes move themselves.</param>
    /// <exception cref="NonFiniteStepException">The loss, a gradient or a buffer is NaN or infinite.</exception>
    public StepGradient Prepare(Func<StepResult> pass, long step, TrainingBoundary? boundary, IEnumerable<(string Name, Parameter Parameter)>? moved = null)
    {
        _guard.Begin(_rules.Exists(rule => rule.WritesParameters) ? model.named_parameters().Select(own => (own.name, own.parameter)) : moved ?? []);
        try
        {
            var (result, update) = _rules.Count == 0 ? (pass(), null) : Ruled(pass, step, boundary);
            var (value, norm) = Inspect(result.Loss, step, boundary);
            return new StepGradient(result, value, norm, update);
        }
        catch
        {
            _guard.Undo();
            ClearGradients();
            throw;
        }
    }

    /// <summary>Has the optimizers make their step, and tells the rules.</summary>
    /// <param name="gradient">What was prepared.</param>
    public void Update(in StepGradient gradient)
    {
        foreach (var optimizer in optimizers)
        {
            optimizer.step();
        }

        Updated(gradient);
    }

    /// <summary>Tells the rules that the optimizers have made their step.</summary>
    public void Updated(in StepGradient gradient)
    {
        if (gradient.Rules is { } update)
        {
            update.Close();
            foreach (var rule in _rules)
            {
                rule.OnUpdated(update);
            }
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

    private (StepResult Result, UpdateContext Update) Ruled(Func<StepResult> pass, long step, TrainingBoundary? boundary)
    {
        using var noise = new NoiseReplay();
        var result = pass();
        var update = new UpdateContext(model, optimizers, step, boundary, replay => Repeat(pass, noise, replay));
        foreach (var rule in _rules)
        {
            rule.OnGradients(update);
        }

        return (result, update);
    }

    // The loss and the outputs of the step are those of its first pass, at the parameters that observers know.
    private double Repeat(Func<StepResult> pass, NoiseReplay noise, bool replay)
    {
        ClearGradients();
        using var scope = NewDisposeScope();
        using var written = new BufferScope(_guard.Written);
        return noise.Around(replay, () => pass().Loss.to(ScalarType.Float64).item<double>());
    }

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

/// <param name="Result">Of the forward pass, without a graph.</param>
/// <param name="Value">The loss.</param>
/// <param name="Norm">The global L2 norm of all gradients before clipping; null without clipping.</param>
/// <param name="Rules">What rules were told; null without rules.</param>
internal readonly record struct StepGradient(StepResult Result, double Value, double? Norm, UpdateContext? Rules);
