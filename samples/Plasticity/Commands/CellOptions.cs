using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Plasticity.Policies;
using Plasticity.Runs;
using Zapping.CommandLine;
using Zapping.Plasticity;

namespace Plasticity.Commands;

/// <summary>What the commands that train have in common.</summary>
/// <param name="folder">Name of the folder of runs, in out, that is taken if none is given.</param>
internal sealed class CellOptions(string folder = "plasticity")
{
    private readonly Option<string> _problem = WordOption.OneOf("--problem", [.. ProblemSource.All.Keys], "random-labels", "Which problem; see list.");
    private readonly Option<int?> _tasks = NumberOption.OptionalInteger("--tasks", "How many tasks; default: those of the problem.");
    private readonly Option<double?> _rate = NumberOption.Rate("--rate", "Learning rate; default: that of the problem for the optimizer.");
    private readonly Option<int> _workers = NumberOption.Integer("--workers", "How many runs side by side, each on one thread.", Math.Max(1, Environment.ProcessorCount), most: 1024);
    private readonly Option<bool> _plasticity = new("--plasticity") { Description = "Measure by how much each step lowers the loss of its own batch, which costs a forward pass a step." };
    private readonly ProblemSource _source = new();

    /// <summary>Folder of the runs.</summary>
    public Option<string> Output { get; } = new Option<string>("--out")
    {
        Description = "Folder of the runs, a file each; what is there is not made again.",
        DefaultValueFactory = _ => Path.Combine("out", folder),
    }.Filled();

    /// <summary>Adds the options to a command.</summary>
    public Command AddTo(Command command)
    {
        foreach (var option in new Option[] { _problem, _tasks, _rate, _plasticity, Output, _workers })
        {
            command.Add(option);
        }

        _source.AddTo(command);
        return command;
    }

    /// <summary>Which optimizers, with commas between.</summary>
    public static Option<string[]> Optimizers() => Words("--optimizers", "Optimizers with commas between.", OptimizerKind.All.Select(kind => kind.Name).ToArray());

    /// <summary>Which policies, with commas between; default: all.</summary>
    public static Option<string[]> Policies() => Words("--policies", "Policies with commas between; default: all. See list.", [.. PolicyRows.All.Select(row => row.Name)]);

    /// <summary>Which seeds, as in 0-4 or 0,2,7.</summary>
    public static Option<ulong[]> Seeds(string otherwise) => new("--seeds")
    {
        Description = "Seeds of tasks and weights, as in 0-4 or 0,2,7.",
        DefaultValueFactory = _ => ReadSeeds(otherwise)!,
        CustomParser = result => Read(result, ReadSeeds, "numbers with commas between, or a range such as 0-4"),
    };

    /// <summary>The problem with its images.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <param name="choosing">Whether options are to be chosen, which must not see test images.</param>
    public PlasticityProblem Problem(ParseResult parse, CancellationToken cancellationToken, bool choosing = false) =>
        _source.Open(parse.GetValue(_problem)!, parse, choosing, cancellationToken);

    public CellQueue Queue(ParseResult parse) => new(Store(parse), parse.GetValue(_workers));

    public RunStore Store(ParseResult parse)
    {
        OutputFolder.EnsureWritable(parse.GetValue(Output)!);
        return new(parse.GetValue(Output)!);
    }

    public int Tasks(ParseResult parse, PlasticityProblem problem) => parse.GetValue(_tasks) ?? problem.Tasks;

    public Cell Cell(ParseResult parse, PlasticityProblem problem, PolicyRow row, IReadOnlyDictionary<string, double> options, OptimizerKind optimizer, ulong seed, int? tasks = null) =>
        new(problem, row, options, optimizer, parse.GetValue(_rate) ?? optimizer.Rate(problem), seed, tasks ?? Tasks(parse, problem), parse.GetValue(_plasticity));

    private static Option<string[]> Words(string name, string description, string[] all) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => all,
        CustomParser = result => Read(result, text => text.Split(',') is var words && words.All(all.Contains) ? words : null, $"some of {string.Join(", ", all)}, with commas between"),
    };

    private static ulong[]? ReadSeeds(string text)
    {
        var seeds = new List<ulong>();
        foreach (var part in text.Split(','))
        {
            var ends = part.Split('-');
            if (ends.Length > 2 || !ends.All(end => ulong.TryParse(end, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
            {
                return null;
            }

            var (first, last) = (ulong.Parse(ends[0], CultureInfo.InvariantCulture), ulong.Parse(ends[^1], CultureInfo.InvariantCulture));
            if (last < first || last - first > 10_000)
            {
                return null;
            }

            for (var seed = first; seed <= last; seed++)
            {
                seeds.Add(seed);
            }
        }

        return [.. seeds.Distinct()];
    }

    private static T[]? Read<T>(ArgumentResult result, Func<string, T[]?> read, string right)
    {
        var text = string.Join(',', result.Tokens.Select(token => token.Value)); // given several times, all count
        if (read(text) is { } values)
        {
            return values;
        }

        result.AddError($"{result.Argument.Name}: '{text}' must be {right}.");
        return null;
    }
}
