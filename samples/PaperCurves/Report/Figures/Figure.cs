using PaperCurves.Report.Charts;

namespace PaperCurves.Report.Figures;

/// <summary>One picture of the report, with the numbers behind it.</summary>
/// <param name="Id">Name of its files, and its anchor on the page.</param>
/// <param name="Caption">What it shows, and of which selection.</param>
/// <param name="Alt">What is seen, for those who do not see it.</param>
/// <param name="Drawing">The picture.</param>
/// <param name="Data">Its numbers.</param>
internal sealed record Figure(string Id, string Caption, string Alt, Drawing Drawing, DataTable Data);

/// <summary>Numbers in columns, as text.</summary>
/// <param name="Columns">Their names.</param>
/// <param name="Rows">As many cells in each as there are columns.</param>
internal sealed record DataTable(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows);
