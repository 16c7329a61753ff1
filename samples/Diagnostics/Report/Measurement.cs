using Diagnostics.Training;
using Zapping.Training.Diagnostics;

namespace Diagnostics.Report;

/// <summary>One number of one measurement: a row of diagnostics.csv and a point in TensorBoard.</summary>
/// <param name="Arm">With or without zapping.</param>
/// <param name="Moment">After a step, or before or after a reset.</param>
/// <param name="Steps">Steps made by then.</param>
/// <param name="Boundary">Index of the reset's boundary, if it was one.</param>
/// <param name="Quantity">What was measured.</param>
/// <param name="Subject">Of what: a layer, a parameter, or the whole ("features", "all", "head rows").</param>
/// <param name="Value">The number.</param>
internal sealed record Measurement(Arm Arm, DiagnosticsMoment Moment, long Steps, long? Boundary, string Quantity, string Subject, double Value)
{
    /// <summary>All numbers of an arm, in the order in which they were measured.</summary>
    public static IEnumerable<Measurement> Of(ArmResult result) => result.Records.SelectMany(record =>
        OfRepresentation(record.Representation!).Concat(OfWeights(record.Weights!)).Select(number => new Measurement(
            result.Arm, record.Moment, record.Steps, record.Boundary?.Index, number.Quantity, number.Subject, number.Value)));

    private static IEnumerable<(string Quantity, string Subject, double Value)> OfRepresentation(RepresentationRecord representation)
    {
        foreach (var layer in representation.Layers)
        {
            yield return (Quantities.Dormant, layer.Layer, layer.DormantFraction);
            yield return (Quantities.Dead, layer.Layer, layer.DeadFraction);
            yield return (Quantities.MeanActivation, layer.Layer, layer.MeanActivation);
        }

        var features = representation.Features;
        yield return (Quantities.EffectiveRank, "features", features.EffectiveRank);
        yield return (Quantities.StableRank, "features", features.StableRank);
        yield return (Quantities.Srank, "features", features.Srank);
        yield return (Quantities.Norm, "features", features.MeanNorm);
    }

    private static IEnumerable<(string Quantity, string Subject, double Value)> OfWeights(WeightRecord weights)
    {
        var whole = new ParameterNorms("all", weights.Norm, weights.GradientNorm, weights.Distance);
        foreach (var parameter in weights.Parameters.Prepend(whole))
        {
            yield return (Quantities.Norm, parameter.Name, parameter.Norm);
            yield return (Quantities.Distance, parameter.Name, parameter.Distance!.Value);
            if (parameter.GradientNorm is { } gradient)
            {
                yield return (Quantities.GradientNorm, parameter.Name, gradient);
            }
        }

        yield return (Quantities.Norm, "head rows", weights.HeadRows.Mean);
        yield return (Quantities.Spread, "head rows", weights.HeadRows.StandardDeviation);
    }
}

/// <summary>Names of what is measured.</summary>
internal static class Quantities
{
    public const string Dormant = "dormant fraction";
    public const string Dead = "dead fraction";
    public const string MeanActivation = "mean activation";
    public const string EffectiveRank = "effective rank";
    public const string StableRank = "stable rank";
    public const string Srank = "srank";
    public const string Norm = "norm";
    public const string Distance = "distance from initialization";
    public const string GradientNorm = "gradient norm";
    public const string Spread = "standard deviation of norms";
}
