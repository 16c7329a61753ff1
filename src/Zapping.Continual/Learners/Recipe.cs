using Zapping.Training.Resuming;
using Zapping.Training.Steps;

namespace Zapping.Continual.Learners;

/// <summary>Has a resume compare what a learner was told: it is known to the trainer as a rule that does nothing.</summary>
/// <param name="description">What determines the learner.</param>
internal sealed class Recipe(IReadOnlyDictionary<string, object?> description) : IUpdateRule, IDescribed
{
    public IReadOnlyDictionary<string, object?> Description => description;

    public void OnGradients(UpdateContext update)
    {
    }
}
