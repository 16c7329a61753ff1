namespace Zapping.Training.Evaluation;

/// <summary>How often a model is right about the examples of one class.</summary>
/// <param name="ClassId">The class, at least 0.</param>
/// <param name="Examples">Its examples, at least 1.</param>
/// <param name="Hits">Those with the largest output at their class; none if the class has no unit.</param>
public sealed record ClassScore(int ClassId, long Examples, long Hits)
{
    /// <summary>A fraction from 0 to 1.</summary>
    public double Accuracy => (double)Hits / Examples;
}
