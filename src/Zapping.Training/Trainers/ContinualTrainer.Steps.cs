using TorchSharp.Modules;
using Zapping.Training.Internal;
using static TorchSharp.torch;

namespace Zapping.Training;

/// <content>The low level: boundaries and steps, one call each.</content>
public sealed partial class ContinualTrainer
{
    /// <summary>Says that a task begins.</summary>
    /// <param name="classes">Its class ids.</param>
    public void BeginTask(params IReadOnlyList<int> classes)
    {
        ArgumentNullException.ThrowIfNull(classes);
        Begin(TrainingBoundary.Task(State.Tasks, classes));
        State = State with { Tasks = State.Tasks + 1 };
    }

    /// <summary>Says that the examples of a class begin.</summary>
    /// <param name="classId">The class, which is also its row of the classifier.</param>
    public void BeginClass(int classId)
    {
        Begin(TrainingBoundary.Class(State.Classes, classId));
        State = State with { Classes = State.Classes + 1 };
    }

    /// <summary>Says that a pass over shuffled data begins.</summary>
    public void BeginEpoch()
    {
        Begin(TrainingBoundary.Epoch(State.Epochs));
        State = State with { Epochs = State.Epochs + 1 };
    }

    /// <summary>Makes one optimisation step: forward, loss, backward, clipping, update.</summary>
    /// <param name="inputs">[n, …], on the model's device.</param>
    /// <param name="labels">What the loss expects, usually [n] class ids as 64-bit integers.</param>
    /// <returns>The loss before the update.</returns>
    /// <exception cref="NonFiniteLossException">The loss is NaN or infinite; nothing has been updated.</exception>
    /// <exception cref="InvalidOperationException">The loss is not a scalar, or another thread is using the trainer.</exception>
    public double TrainStep(Tensor inputs, Tensor labels)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(labels);
        var step = State.Steps;
        Signal(TrainingBoundary.Step(step));
        Enter();
        try
        {
            using var scope = NewDisposeScope();
            var (outputs, loss) = Backward(inputs, labels, step);
            var norm = Clip();
            Update(loss, inputs, labels);
            State = State with { Steps = step + 1 };
            AdvanceLearningRates(BoundaryKind.StepBoundary);
            if (_observers.Count > 0)
            {
                var made = new TrainingStep(step, loss.Value, norm, outputs.detach(), labels);
                _observers.ForEach(observer => observer.OnStep(made));
            }

            return loss.Value;
        }
        finally
        {
            Leave();
        }
    }

    private void Begin(TrainingBoundary boundary)
    {
        Signal(boundary);
        _lastBoundary = boundary;
    }

    private void Signal(TrainingBoundary boundary)
    {
        Enter();
        try
        {
            _schedulers.ForEach(scheduler => scheduler.Signal(boundary));
            _observers.ForEach(observer => observer.OnBoundary(boundary));
        }
        finally
        {
            Leave();
        }
    }

    private (Tensor Outputs, (Tensor Tensor, double Value) Loss) Backward(Tensor inputs, Tensor labels, long step)
    {
        ClearGradients();
        var (outputs, loss) = Forward(inputs, labels);
        if (loss.numel() != 1)
        {
            throw new InvalidOperationException($"The loss must be a scalar, but has shape [{string.Join(", ", loss.shape)}].");
        }

        var value = loss.detach().to(ScalarType.Float64).item<double>();
        if (!double.IsFinite(value))
        {
            throw new NonFiniteLossException(value, step, _lastBoundary);
        }

        loss.backward();
        return (outputs, (loss, value));
    }

    // Only what the caller needs outlives the inner scope. Everything else is then autograd's alone, which frees each
    // activation as soon as the backward pass has used it, and the next gradient takes its warm memory.
    private (Tensor Outputs, Tensor Loss) Forward(Tensor inputs, Tensor labels)
    {
        using var activations = NewDisposeScope();
        var outputs = _model.call(inputs);
        var loss = _loss(outputs, labels);
        foreach (var result in new[] { outputs, loss })
        {
            if (activations.Contains(result))
            {
                activations.MoveToOuter(result);
            }
        }

        return (outputs, loss);
    }

    private void Update((Tensor Tensor, double Value) loss, Tensor inputs, Tensor labels)
    {
        foreach (var optimizer in _optimizers)
        {
            if (optimizer is OptimizerHelper)
            {
                optimizer.step();
            }
            else
            {
                new NativeClosure(loss.Tensor, () =>
                {
                    ClearGradients();
                    var again = _loss(_model.call(inputs), labels);
                    again.backward();
                    Clip();
                    return again;
                }).Step(optimizer);
            }
        }
    }

    private double? Clip() => _maxGradientNorm is { } max
        ? nn.utils.clip_grad_norm_(TrainedParameters.Where(HasGradient), max)
        : null;

    // An absent gradient, unlike one of zeros, leaves a parameter and its moments alone, and the next backward pass
    // hands its buffer over instead of adding to one.
    private void ClearGradients()
    {
        foreach (var parameter in TrainedParameters)
        {
            parameter.grad = null;
        }
    }

    // A native optimizer (LBFGS) names its parameters only by new handles, and with a warning.
    private IEnumerable<Parameter> TrainedParameters => _optimizers[0] is OptimizerHelper
        ? _optimizers.SelectMany(optimizer => optimizer.parameters())
        : _model.parameters();

    private static bool HasGradient(Parameter parameter)
    {
        using var gradient = parameter.grad;
        return gradient is not null;
    }

    private void AdvanceLearningRates(BoundaryKind kind)
    {
        foreach (var (schedule, every) in _learningRates)
        {
            if (every == kind)
            {
                schedule.step();
            }
        }
    }

    private void Enter()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (Interlocked.Exchange(ref _busy, 1) != 0)
        {
            throw new InvalidOperationException(
                "The trainer is in use: call it from one thread at a time, and not from within its observers or policies.");
        }
    }

    private void Leave() => Volatile.Write(ref _busy, 0);
}
