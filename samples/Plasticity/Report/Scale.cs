using System.Globalization;
using Zapping.Plasticity;

namespace Plasticity.Report;

/// <summary>How what counts on a problem is written.</summary>
/// <param name="Quantity">In words.</param>
/// <param name="IsLowerBetter">Whether it is a loss.</param>
/// <param name="Factor">By which numbers are multiplied: accuracies are printed in percent.</param>
/// <param name="Decimals">How many are printed.</param>
internal sealed record Scale(string Quantity, bool IsLowerBetter, double Factor, int Decimals)
{
    public static Scale Of(PlasticityMeasure measure) => measure switch
    {
        PlasticityMeasure.FinalAccuracy => new("test accuracy", IsLowerBetter: false, Factor: 100, Decimals: 1),
        PlasticityMeasure.OnlineLoss => new("squared error", IsLowerBetter: true, Factor: 1, Decimals: 2),
        _ => new("online accuracy", IsLowerBetter: false, Factor: 100, Decimals: 1),
    };

    /// <summary>A value in the unit of tables and pictures.</summary>
    public double Times(double value) => Factor * value;

    /// <summary>A value.</summary>
    public string Text(double value) => Number(value, "");

    /// <summary>A value with its interval.</summary>
    public string Text(Estimate value) => value.HasInterval ? $"{Text(value.Mean)} ({Text(value.Low)} to {Text(value.High)})" : Text(value.Mean);

    /// <summary>A difference with its interval; nothing where there is none.</summary>
    public string Difference(Estimate? value) => value switch
    {
        null => "",
        { HasInterval: false } one => Number(one.Mean, "+"),
        { } some => $"{Number(some.Mean, "+")} ({Number(some.Low, "+")} to {Number(some.High, "+")})",
    };

    // What rounds to zero has no sign.
    private string Number(double value, string plus)
    {
        var rounded = Math.Round(Factor * value, Decimals);
        return (rounded > 0 ? plus : "") + (rounded == 0 ? 0 : rounded).ToString($"f{Decimals}", CultureInfo.InvariantCulture);
    }
}
