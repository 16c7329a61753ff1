using Zapping.Training.Resuming;
using static TorchSharp.torch;

namespace Zapping.Training.Steps;

/// <summary>A term that is a function.</summary>
/// <param name="value">It.</param>
/// <param name="name">By which a resume knows it.</param>
internal sealed class LossTerm(Func<StepContext, Tensor> value, string name) : ILossTerm, IDescribed
{
    public IReadOnlyDictionary<string, object?> Description => new Dictionary<string, object?>(StringComparer.Ordinal) { ["type"] = name };

    public Tensor Value(StepContext step) => value(step);
}
