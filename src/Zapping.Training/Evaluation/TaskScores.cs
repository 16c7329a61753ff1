namespace Zapping.Training.Evaluation;

/// <summary>How good a model is on each of several tasks at one moment.</summary>
/// <param name="Accuracies">[tasks], fractions from 0 to 1: examples with the largest output at their class.</param>
/// <param name="Losses">[tasks], the mean loss of an example whose class has a unit; NaN where none has.</param>
public sealed record TaskScores(IReadOnlyList<double> Accuracies, IReadOnlyList<double> Losses)
{
    /// <summary>A table with a row for each task; "-" where there is no loss.</summary>
    public override string ToString() => Table(null).ToText();

    /// <summary>The same table in Markdown.</summary>
    /// <param name="taskNames">[tasks]; default: their numbers.</param>
    /// <exception cref="ArgumentException">There is another number of names.</exception>
    public string ToMarkdown(IReadOnlyList<string>? taskNames = null) => Table(taskNames).ToMarkdown();

    /// <summary>The same table as comma-separated values with a header: fractions from 0 to 1 in full precision, and nothing where there is no loss.</summary>
    /// <param name="taskNames">[tasks]; default: their numbers.</param>
    /// <exception cref="ArgumentException">There is another number of names.</exception>
    public string ToCsv(IReadOnlyList<string>? taskNames = null) => Table(taskNames).ToCsv();

    private TextTable Table(IReadOnlyList<string>? names)
    {
        names = TextTable.EnsureNames(names, Accuracies.Count, "task");
        var table = new TextTable("task", "accuracy", "loss");
        for (var task = 0; task < Accuracies.Count; task++)
        {
            table.Add(TextTable.NameOf(names, task), TextTable.Cell.Percent(Accuracies[task]), TextTable.Cell.Number(Losses[task]));
        }

        return table;
    }
}
