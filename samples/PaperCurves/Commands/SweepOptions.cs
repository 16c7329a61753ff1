using System.CommandLine;
using PaperCurves.Experiments;
using PaperCurves.Pretraining;
using PaperCurves.Sweeps;
using Zapping.CommandLine;
using Zapping.Datasets;

namespace PaperCurves.Commands;

/// <summary>What every command of a sweep is told, and what it opens.</summary>
internal sealed class SweepOptions
{
    private readonly Argument<string> _file = new Argument<string>("file")
    {
        Description = $"A sweep file, or the name of one that comes with the app: {string.Join(", ", SweepFile.BuiltIn)}.",
    }.Filled();

    public CommonOptions Common { get; } = new(Path.Combine("out", "sweep"), "the networks and the results of all cells; several processes may share it");

    public void AddTo(Command command)
    {
        command.Arguments.Add(_file);
        Common.AddTo(command);
    }

    public Sweep Sweep(ParseResult parse) => SweepFile.Read(parse.GetValue(_file)!);

    public CellStore Store(ParseResult parse) => new(Common.Output(parse));

    /// <summary>Reads the data that a sweep is made on, drawn with enough classes where there is none.</summary>
    public static ClassificationData Data(Sweep sweep, DataSource source, IProgressBoard board, CancellationToken cancellationToken) => source.Open(
        PaperPlans.OmniglotSize(sweep.Model), sweep.Preset with { TransferClasses = sweep.TransferClasses }, board, cancellationToken);

    /// <summary>Everything there is to make, for commands that make nothing.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="outputs">The tables and pages that the command writes into the sweep's folder; null if none.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public SweepCells Cells(ParseResult parse, IEnumerable<string>? outputs, CancellationToken cancellationToken)
    {
        var sweep = Sweep(parse);
        var source = Common.Prepare(parse, outputs);
        SweepCells? cells = null;
        ConsoleBoard.Run(board => cells = SweepCells.Of(sweep, Data(sweep, source, board, cancellationToken)));
        return cells!;
    }
}
