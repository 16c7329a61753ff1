using PaperCurves.Pretraining;
using PaperCurves.Sweeps;

namespace PaperCurves.Report.Data;

/// <summary>Everything that a reproduction report is made from.</summary>
/// <param name="Results">All transfers made, of every learning rate and pool.</param>
/// <param name="Oracle">Curves whose learning rate was chosen as published.</param>
/// <param name="Validation">The same with learning rates chosen on held-out classes; empty if there were none.</param>
/// <param name="Networks">All pre-trainings.</param>
/// <param name="NotRun">Cells that were planned and have no result.</param>
/// <param name="Deviations">Where the reproduction differs from what was published.</param>
public sealed record ReportInput(
    IReadOnlyList<CellResult> Results,
    IReadOnlyList<SelectedCurve> Oracle,
    IReadOnlyList<SelectedCurve> Validation,
    IReadOnlyList<NetworkRecord> Networks,
    IReadOnlyList<PlannedCell> NotRun,
    IReadOnlyList<Deviation> Deviations);

/// <summary>One pre-training.</summary>
/// <param name="Name">Its name in the sweep; networks of one name differ in the seed alone.</param>
/// <param name="Seed">Its seed.</param>
/// <param name="Plan">All numbers.</param>
/// <param name="Result">What it ended with, duration included.</param>
/// <param name="Steps">Every step of i.i.d. pre-training; empty for others.</param>
/// <param name="Circumstances">Command, machine and versions.</param>
public sealed record NetworkRecord(
    string Name, ulong Seed, PretrainingPlan Plan, PretrainingResult Result, IReadOnlyList<StepRow> Steps, Circumstances Circumstances);

/// <summary>A cell without a result.</summary>
/// <param name="Id">Its id in the sweep.</param>
/// <param name="Reason">Why there is none, such as "failed: ..." or "out of time".</param>
public sealed record PlannedCell(string Id, string Reason);

/// <summary>One difference between what was published and what was done here.</summary>
/// <param name="Subject">What differs, such as "trials".</param>
/// <param name="Published">How it was there.</param>
/// <param name="Here">How it is here.</param>
/// <param name="Effect">What that means for the figures.</param>
public sealed record Deviation(string Subject, string Published, string Here, string Effect);
