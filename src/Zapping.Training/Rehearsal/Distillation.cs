using TorchSharp;
using Zapping.Training.Resuming;
using Zapping.Training.Steps;
using static TorchSharp.torch;

namespace Zapping.Training.Rehearsal;

/// <summary>
/// Learning without forgetting (Li and Hoiem, 2016), with the loss of Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural Network" (2015):
/// T² · the mean over examples of KL(softmax(teacher / T) ‖ softmax(student / T)), over the units that the teacher had.
/// </summary>
/// <param name="model">The model.</param>
/// <param name="options">Temperature and weight.</param>
internal sealed class Distillation(nn.Module model, DistillationOptions options) : ILossTerm, ITrainingMemory, IDescribed, IDisposable
{
    private ModelSnapshot? _teacher;

    public string Name => "teacher";

    public IReadOnlyDictionary<string, object?> Description => new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["temperature"] = options.Temperature,
        ["weight"] = options.Weight,
        ["every"] = options.Every,
    };

    /// <summary>Makes the model the teacher of what follows, unless nothing has been learned yet.</summary>
    public void Learn(TrainingBoundary boundary)
    {
        if (boundary.Kind == options.Every && boundary.Index > 0)
        {
            Replace(ModelSnapshot.Capture(model));
        }
    }

    public Tensor Value(StepContext step)
    {
        if (_teacher is null)
        {
            return zeros([], step.Outputs.dtype, step.Outputs.device);
        }

        using var scope = NewDisposeScope();
        using Scalar temperature = options.Temperature;
        using Scalar factor = options.Weight * options.Temperature * options.Temperature;
        var then = _teacher.Call(step.Model, step.Inputs);
        var now = step.Outputs.narrow(1, 0, then.size(1));
        var (wanted, said) = ((then / temperature).log_softmax(1), (now / temperature).log_softmax(1));
        return ((wanted.exp() * (wanted - said)).sum(1).mean() * factor).MoveToOuterDisposeScope();
    }

    public IReadOnlyList<KeyValuePair<string, Tensor>> Save() => _teacher?.Values ?? [];

    public void Load(IReadOnlyDictionary<string, Tensor> saved) => Replace(saved.Count == 0 ? null : ModelSnapshot.Of(model, saved));

    public void Dispose() => Replace(null);

    private void Replace(ModelSnapshot? teacher)
    {
        _teacher?.Dispose();
        _teacher = teacher;
    }
}
