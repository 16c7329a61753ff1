using System.Globalization;

namespace Zapping.Training.Evaluation;

/// <summary>
/// How good a model is on some examples. Where labels are class ids, there are accuracies; where they are not, as multi-label, soft or regression targets, there are a loss and
/// metrics of your own.
/// </summary>
/// <threadsafety>Immutable.</threadsafety>
public sealed class EvaluationResult
{
    private const int PrintedClasses = 20;

    private readonly ClassPredictions? _classes;
    private readonly IReadOnlyList<string>? _names;
    private readonly Lazy<ConfusionMatrix?> _confusion;

    internal EvaluationResult(long examples, double loss, IReadOnlyDictionary<string, double> metrics, ClassPredictions? classes, IReadOnlyList<string>? names)
    {
        (Examples, Loss, Metrics, _classes, _names) = (examples, loss, metrics, classes, names);
        _confusion = new(() => _classes?.Confusion(_names));
    }

    /// <summary>How many examples were looked at; at least 1.</summary>
    public long Examples { get; }

    /// <summary>The mean loss of an example whose class has a unit; NaN if none has.</summary>
    public double Loss { get; }

    /// <summary>Metrics of your own by name, each the mean over examples as for <see cref="Loss"/>.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; }

    /// <summary>
    /// The fraction of examples with the largest output at their class, from 0 to 1; a class without a unit is a miss. <see langword="null"/> if labels are no class ids.
    /// </summary>
    public double? Accuracy => _classes?.Accuracy;

    /// <summary>Each class that occurs, in ascending order; <see langword="null"/> if labels are no class ids.</summary>
    public IReadOnlyList<ClassScore>? PerClass => _classes?.PerClass;

    /// <summary>What examples are, and what they were taken for; <see langword="null"/> if labels are no class ids.</summary>
    /// <exception cref="InvalidOperationException">It would have more than 100 million entries.</exception>
    public ConfusionMatrix? ConfusionMatrix => _confusion.Value;

    /// <summary>The fraction of examples whose class is among the k largest outputs, from 0 to 1. Of equal outputs the first counts as the larger one.</summary>
    /// <param name="k">One of <see cref="EvaluationOptions.TopK"/>.</param>
    /// <exception cref="InvalidOperationException">Labels are no class ids, or that k was not measured.</exception>
    public double TopK(int k)
    {
        var classes = _classes ?? throw new InvalidOperationException(
            $"There is no accuracy, because labels were no class ids [n] for outputs [n, units]: there are {nameof(Loss)} and {nameof(Metrics)}.");
        return classes.TopK.TryGetValue(k, out var fraction)
            ? fraction
            : throw new InvalidOperationException($"The top {k} were not measured; add {k} to {nameof(EvaluationOptions)}.{nameof(EvaluationOptions.TopK)}.");
    }

    /// <summary>A table with a row for all examples and one for each class, of the first 20 at most.</summary>
    public override string ToString()
    {
        var left = (PerClass?.Count ?? 0) - PrintedClasses;
        return Table(PrintedClasses).ToText() + (left > 0 ? string.Create(CultureInfo.InvariantCulture, $"\nand {left} more classes") : "");
    }

    /// <summary>The table of all classes in Markdown.</summary>
    public string ToMarkdown() => Table(int.MaxValue).ToMarkdown();

    /// <summary>The table of all classes as comma-separated values with a header: fractions from 0 to 1 in full precision, and nothing where nothing was measured.</summary>
    public string ToCsv() => Table(int.MaxValue).ToCsv();

    private TextTable Table(int classes)
    {
        List<int> ks = [.. _classes?.TopK.Keys.Order() ?? Enumerable.Empty<int>()];
        var table = new TextTable(
            ["class", "examples", "accuracy", "loss", .. ks.Select(k => string.Create(CultureInfo.InvariantCulture, $"top-{k}")), .. Metrics.Keys]);
        table.Add(
            ["(all)", Examples, TextTable.Cell.Percent(Accuracy), TextTable.Cell.Number(Loss), .. ks.Select(k => TextTable.Cell.Percent(TopK(k))),
                .. Metrics.Values.Select(value => TextTable.Cell.Number(value))]);
        foreach (var score in (PerClass ?? []).Take(classes))
        {
            table.Add(
                [TextTable.NameOf(_names, score.ClassId), score.Examples, TextTable.Cell.Percent(score.Accuracy), .. Enumerable.Repeat(TextTable.Cell.Empty, 1 + ks.Count + Metrics.Count)]);
        }

        return table;
    }
}
