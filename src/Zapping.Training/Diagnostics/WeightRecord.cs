using System.Text.Json.Serialization;

namespace Zapping.Training.Diagnostics;

/// <summary>How large a model's weights and gradients are, and how far the weights have come. All norms are L2 norms.</summary>
/// <param name="Parameters">In the model's order.</param>
/// <param name="HeadRows">Of the classifier's weight.</param>
public sealed record WeightRecord(IReadOnlyList<ParameterNorms> Parameters, RowNorms HeadRows)
{
    /// <summary>Of all parameters together.</summary>
    public double Norm => Together(Parameters.Select(parameter => parameter.Norm));

    /// <summary>Of all gradients together; <see langword="null"/> if no parameter has one.</summary>
    public double? GradientNorm => Parameters.Any(parameter => parameter.GradientNorm is not null)
        ? Together(Parameters.Select(parameter => parameter.GradientNorm ?? 0))
        : null;

    /// <summary>Of what all parameters together have moved since the snapshot; <see langword="null"/> without a snapshot.</summary>
    public double? Distance => Parameters.All(parameter => parameter.Distance is not null)
        ? Together(Parameters.Select(parameter => parameter.Distance!.Value))
        : null;

    private static double Together(IEnumerable<double> norms) => Math.Sqrt(norms.Sum(norm => norm * norm));
}

/// <summary>Norms of one parameter.</summary>
/// <param name="Name">Its name in the model.</param>
/// <param name="Norm">Of its values.</param>
/// <param name="GradientNorm">Of its gradient; <see langword="null"/> if it has none.</param>
/// <param name="Distance">Of what it has moved since the snapshot; <see langword="null"/> without a snapshot.</param>
public sealed record ParameterNorms(string Name, double Norm, double? GradientNorm, double? Distance)
{
    /// <summary>
    /// Of a weight W [units, inputs], with a filter flattened to a row: |W Wᵀ - I|, or |Wᵀ W - I| where there are more rows than columns, in the Frobenius norm. 0 where W keeps lengths;
    /// its square is the deviation from isometry of Han et al., "FIRE" (ICLR 2026). <see langword="null"/> of parameters of one dimension, and where <see cref="WeightProbe.MeasuresIsometry"/> is off.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? IsometryDeviation { get; init; }
}

/// <summary>Norms of the rows of a classifier's weight: of each unit's incoming weights, without its bias.</summary>
/// <param name="All">Unit by unit, at least one.</param>
public sealed record RowNorms(IReadOnlyList<double> All)
{
    /// <summary>Their mean.</summary>
    public double Mean => All.Average();

    /// <summary>The smallest.</summary>
    public double Smallest => All.Min();

    /// <summary>The largest.</summary>
    public double Largest => All.Max();

    /// <summary>Their standard deviation as a whole population, without Bessel's correction; 0 for a single row.</summary>
    public double StandardDeviation
    {
        get
        {
            var mean = Mean;
            return Math.Sqrt(All.Average(norm => (norm - mean) * (norm - mean)));
        }
    }
}
