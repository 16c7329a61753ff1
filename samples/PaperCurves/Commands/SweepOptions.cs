using System.CommandLine;
using PaperCurves.Pretraining;
using PaperCurves.Progress;
using PaperCurves.Sweeps;
using PaperCurves.Sweeps.Packed;
using Zapping.CommandLine;
using Zapping.Datasets;

namespace PaperCurves.Commands;

/// <summary>What every command of a sweep is told, and what it opens.</summary>
/// <param name="output">The folder that --out stands for where nobody gives one.</param>
/// <param name="outputs">What is in it, for the help.</param>
internal sealed class SweepOptions(string output, string outputs)
{
    private readonly Option<string?> _from = new Option<string?>("--from")
    {
        Description = "Where the results are: the folder of a live sweep, or a packed one. Without it, --out.",
    }.Filled();

    private readonly Argument<string> _file = new Argument<string>("file")
    {
        Description = $"A sweep file, or the name of one that comes with the app: {string.Join(", ", SweepFile.BuiltIn)}.",
    }.Filled();

    /// <summary>Options of commands whose --out is the folder of a sweep.</summary>
    public SweepOptions()
        : this(Path.Combine("out", "sweep"), "the networks and the results of all cells; several processes may share it")
    {
    }

    public CommonOptions Common { get; } = new(output, outputs);

    public void AddTo(Command command)
    {
        command.Arguments.Add(_file);
        Common.AddTo(command);
    }

    /// <summary>The same, and --from, for commands that read results and write something else.</summary>
    public void AddWithSourceTo(Command command)
    {
        AddTo(command);
        command.Options.Add(_from);
    }

    public Sweep Sweep(ParseResult parse) => SweepFile.Read(parse.GetValue(_file)!);

    /// <summary>The live sweep, for the command that makes it.</summary>
    /// <exception cref="SweepException">The folder holds a packed one.</exception>
    public CellStore Store(ParseResult parse) => PackedSweep.IsIn(Common.Output(parse))
        ? throw new SweepException($"{Common.Output(parse)}: this is a packed sweep, to which nothing can be added. Give another --out")
        : new(Common.Output(parse));

    /// <summary>The results, live or packed.</summary>
    public ISweepResults Results(ParseResult parse) => SweepResults.In(SourceOf(parse));

    private string SourceOf(ParseResult parse) => parse.GetResult(_from) is null ? Common.Output(parse) : parse.GetValue(_from)!;

    /// <summary>Reads the data that a sweep is made on, drawn with enough classes where there is none.</summary>
    public static ClassificationData Data(Sweep sweep, DataSource source, IProgressReporter reporter, CancellationToken cancellationToken) => source.Open(
        PaperPlans.OmniglotSize(sweep.Model), sweep.Preset with { TransferClasses = sweep.TransferClasses }, reporter, cancellationToken);

    /// <summary>Everything there is to make, for commands that make nothing.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="outputs">The tables and pages that the command writes into the sweep's folder; null if none.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public SweepCells Cells(ParseResult parse, IEnumerable<string>? outputs, CancellationToken cancellationToken)
    {
        var sweep = Sweep(parse);
        var source = Common.Prepare(parse, outputs);
        SweepCells? cells = null;
        ConsoleProgress.Run(reporter => cells = SweepCells.Of(sweep, Data(sweep, source, reporter, cancellationToken)));
        return cells!;
    }
}
