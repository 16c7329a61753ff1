using System.Globalization;
using PaperCurves.Sweeps;
using static System.FormattableString;

namespace PaperCurves.Report.Text;

/// <summary>How figures are written, for people and in files alike.</summary>
internal static class Numbers
{
    /// <summary>"56.4", or a dash.</summary>
    public static string Percent(double? value) => value is { } percent && double.IsFinite(percent) ? Invariant($"{percent:f1}") : "–";

    /// <summary>"+14.4", with a minus sign that is as wide as the plus.</summary>
    public static string Gap(double? value) =>
        value is { } gap && double.IsFinite(gap) ? Invariant($"{gap:+0.0;-0.0;0.0}").Replace('-', '−') : "–";

    /// <summary>"56.4 ± 0.8 [56.1, 56.7], n = 30", or a dash; it breaks before brackets and n only.</summary>
    public static string Of(Sample? sample) => sample is null || !double.IsFinite(sample.Mean)
        ? "–"
        : Invariant($"{sample.Mean:f1}\u00a0±\u00a0{sample.Sd:f1} [{sample.Low:f1},\u00a0{sample.High:f1}], n\u00a0=\u00a0{sample.Values.Count}");

    /// <summary>"0.041", or "3e-11".</summary>
    public static string P(double p) => !double.IsFinite(p) ? "–" : p < 0.001 ? Invariant($"{p:0e-0}") : Invariant($"{p:f3}");

    /// <summary>"1e-3", "5.5e-3"; a dash where no step is made.</summary>
    public static string Rate(double? rate) => rate is { } value ? RateName.Of(value) : "–";

    /// <summary>"1e-3", or "7e-4 / 1e-3" where trials differ; a dash where no step is made.</summary>
    public static string Rates(IReadOnlyCollection<double> rates) => rates.Count == 0 ? "–" : string.Join(" / ", rates.Select(RateName.Of));

    /// <summary>"2 h 05 min", "3 min 20 s", "12 s".</summary>
    public static string Duration(double seconds)
    {
        var time = TimeSpan.FromSeconds(Math.Round(seconds));
        return time switch
        {
            { TotalHours: >= 1 } => Invariant($"{(int)time.TotalHours} h {time.Minutes:00} min"),
            { TotalMinutes: >= 1 } => Invariant($"{time.Minutes} min {time.Seconds:00} s"),
            _ => Invariant($"{time.Seconds} s"),
        };
    }

    /// <summary>For files: all digits that are needed, nothing for what is missing.</summary>
    public static string Raw(double? value) =>
        value is { } number && double.IsFinite(number) ? Math.Round(number, 4).ToString(CultureInfo.InvariantCulture) : "";

    /// <summary>For files.</summary>
    public static string Raw(long value) => value.ToString(CultureInfo.InvariantCulture);
}
