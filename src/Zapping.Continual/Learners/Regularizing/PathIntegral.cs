using TorchSharp;
using Zapping.Continual.Memory;
using Zapping.Training.Steps;
using static TorchSharp.torch;

namespace Zapping.Continual.Learners.Regularizing;

/// <summary>What each weight has done for the loss of the task: ω_i = −Σ over steps of g_i · Δθ_i, with g the gradient of the loss without the penalty, and where the weight began.</summary>
/// <param name="penalty">What is in the gradients besides.</param>
/// <param name="strength">The penalty's factor.</param>
internal sealed class PathIntegral(QuadraticPenalty penalty, double strength) : IUpdateRule, ITrainingMemory, IDisposable
{
    private readonly Dictionary<string, (Tensor Start, Tensor Sum)> _ways = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (Tensor Before, Tensor Gradient)> _step = new(StringComparer.Ordinal);

    public string Name => "path";

    public void OnGradients(UpdateContext update)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        using Scalar factor = -strength;
        ClearStep();
        foreach (var (name, parameter) in update.Parameters)
        {
            if (!_ways.ContainsKey(name))
            {
                _ways[name] = (Kept(parameter.detach().clone()), Kept(zeros_like(parameter)));
            }

            var gradient = parameter.grad!.detach().clone();
            if (penalty.Gradient(name, parameter) is { } pull)
            {
                gradient.add_(pull, factor);
            }

            _step[name] = (Kept(parameter.detach().clone()), Kept(gradient));
        }
    }

    public void OnUpdated(UpdateContext update)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (name, parameter) in update.Parameters)
        {
            if (_step.TryGetValue(name, out var step))
            {
                _ways[name].Sum.sub_(step.Gradient * (parameter.detach() - step.Before));
            }
        }

        ClearStep();
    }

    /// <summary>ω / ((θ − start)² + ξ), at least 0, for each weight that was trained; new tensors in the current dispose scope.</summary>
    public IReadOnlyDictionary<string, Tensor> Importance(nn.Module model, double damping)
    {
        using Scalar least = damping;
        using Scalar none = 0;
        using Scalar one = 1;
        var importance = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var (name, parameter) in model.named_parameters())
        {
            if (_ways.TryGetValue(name, out var way))
            {
                var moved = parameter.detach() - way.Start;
                importance[name] = (way.Sum / (moved * moved).add(least, one)).clamp_min(none);
            }
        }

        return importance;
    }

    /// <summary>The next step begins a new way.</summary>
    public void BeginAnew()
    {
        foreach (var (_, (start, sum)) in _ways)
        {
            start.Dispose();
            sum.Dispose();
        }

        _ways.Clear();
    }

    public IReadOnlyList<KeyValuePair<string, Tensor>> Save() =>
        [.. _ways.SelectMany(own => new KeyValuePair<string, Tensor>[] { new("start." + own.Key, own.Value.Start), new("sum." + own.Key, own.Value.Sum) })];

    public void Load(IReadOnlyDictionary<string, Tensor> saved)
    {
        string[] names = [.. saved.Keys.Where(key => key.StartsWith("start.", StringComparison.Ordinal)).Select(key => key["start.".Length..])];
        if (2 * names.Length != saved.Count || names.Any(name => !saved.ContainsKey("sum." + name)))
        {
            throw new InvalidDataException("its ways of weights are not what was saved.");
        }

        BeginAnew();
        foreach (var name in names)
        {
            _ways[name] = (Kept(saved["start." + name].clone()), Kept(saved["sum." + name].clone()));
        }
    }

    public void Dispose()
    {
        BeginAnew();
        ClearStep();
    }

    private static Tensor Kept(Tensor values) => values.DetachFromDisposeScope();

    private void ClearStep()
    {
        foreach (var (_, (before, gradient)) in _step)
        {
            before.Dispose();
            gradient.Dispose();
        }

        _step.Clear();
    }
}
