using Plasticity.Policies;
using Plasticity.Runs;
using Zapping.CommandLine;

namespace Plasticity.Report;

/// <summary>A policy on one problem, beside plain training and a new network for each task, seed by seed.</summary>
internal sealed class ComparedPolicy
{
    private ComparedPolicy(IReadOnlyList<RunRecord> runs, IReadOnlyList<RunRecord>? plain, IReadOnlyList<RunRecord>? allNew)
    {
        Runs = runs;
        Scale = Scale.Of(runs[0].Measure);
        First = runs.Average(run => run.Scores.First());
        Early = runs.Average(EarlyTasks);
        Last = Statistics.Bootstrap([.. runs.Select(LastFifth)]);
        Gain = Paired(plain, LastFifth);
        Gap = Paired(allNew, LastFifth);
        Price = Paired(plain, run => Mean(run, 0, Math.Min(5, run.Tasks)));
        Decline = Statistics.Student([.. runs.Select(run => LastFifth(run) - EarlyTasks(run))]);
        Seconds = runs.Average(run => run.Seconds);
    }

    public IReadOnlyList<RunRecord> Runs { get; }

    public string Name => Runs[0].Policy;

    /// <summary>How what counts is written.</summary>
    public Scale Scale { get; }

    /// <summary>Of the first task.</summary>
    public double First { get; }

    /// <summary>Of the tasks from the second on, a tenth of all.</summary>
    public double Early { get; }

    /// <summary>Of the last fifth of the tasks, with a bootstrap over seeds.</summary>
    public Estimate Last { get; }

    /// <summary>Last fifth against plain training, seed by seed; null without it.</summary>
    public Estimate? Gain { get; }

    /// <summary>Last fifth against a new network on the same tasks, seed by seed; null without it.</summary>
    public Estimate? Gap { get; }

    /// <summary>The first five tasks against plain training, seed by seed: what the policy costs before anything is lost; null without it.</summary>
    public Estimate? Price { get; }

    /// <summary>How many runs ended with a step that was not finite.</summary>
    public int Diverged => Runs.Count(run => run.Diverged is not null);

    /// <summary>Last fifth against early tasks.</summary>
    public Estimate Decline { get; }

    public double Seconds { get; }

    /// <summary>Whether it ends worse than a new network and than its own early tasks, both beyond doubt.</summary>
    public bool LosesPlasticity => IsWorse(Gap) && IsWorse(Decline);

    /// <summary>Whether a difference is one for the better, beyond doubt.</summary>
    public bool IsBetter(Estimate? difference) => difference is { IsSure: true, Mean: var mean } && mean > 0 != Scale.IsLowerBetter;

    /// <summary>Whether a difference is one for the worse, beyond doubt.</summary>
    public bool IsWorse(Estimate? difference) => difference is { IsSure: true, Mean: var mean } && mean > 0 == Scale.IsLowerBetter;

    /// <summary>Mean of a measure over the last fifth of the tasks.</summary>
    public double LastOf(Func<TaskRecord, double> measure) => Runs.Average(run => run.PerTask.Skip(run.Tasks - Fifth(run)).Average(measure));

    /// <summary>Compares all policies of one problem, optimizer and number of tasks, in the order of tables.</summary>
    /// <exception cref="CommandException">A policy was run with several options, a seed is there twice, or a run has not as many tasks as it says.</exception>
    public static IReadOnlyList<ComparedPolicy> Of(IReadOnlyList<RunRecord> runs)
    {
        var policies = runs.GroupBy(run => run.Policy, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.OrderBy(run => run.Seed).ToList(), StringComparer.Ordinal);
        foreach (var (name, own) in policies)
        {
            if (own.DistinctBy(run => (run.LearningRate, string.Join(' ', run.Options.OrderBy(option => option.Key, StringComparer.Ordinal)))).Count() > 1)
            {
                throw new CommandException($"{name} was run with several options or rates on {own[0].Problem}: put each into a folder of its own.");
            }
        }

        foreach (var run in runs.Where(run => run.PerTask.Count != run.Tasks))
        {
            throw new CommandException($"The run of {run.Policy} on {run.Problem} with seed {run.Seed} has {run.PerTask.Count} of its {run.Tasks} tasks: delete its file, and it is made again.");
        }

        foreach (var twice in runs.GroupBy(run => (run.Policy, run.Seed)).Where(group => group.Count() > 1))
        {
            throw new CommandException($"There are {twice.Count()} runs of {twice.Key.Policy} on {runs[0].Problem} with seed {twice.Key.Seed}: a copied file? Delete all but one.");
        }

        var (plain, allNew) = (policies.GetValueOrDefault(PolicyRows.Plain), policies.GetValueOrDefault(PolicyRows.AllNew));
        var known = PolicyRows.All.Select(row => row.Name).ToList();
        var order = known.Where(policies.ContainsKey).Concat(policies.Keys.Except(known, StringComparer.Ordinal).Order(StringComparer.Ordinal)); // runs of a row that has another name by now come last
        return [.. order.Select(name => new ComparedPolicy(policies[name], plain, allNew))];
    }

    private static double Mean(RunRecord run, int from, int to) => run.Scores.Take(from..to).Average();

    // Of a run of one task the only one.
    private static double EarlyTasks(RunRecord run) => run.Tasks == 1 ? run.Scores.First() : Mean(run, 1, 1 + Math.Max(1, run.Tasks / 10));

    private static int Fifth(RunRecord run) => Math.Max(1, run.Tasks / 5);

    private static double LastFifth(RunRecord run) => Mean(run, run.Tasks - Fifth(run), run.Tasks);

    private Estimate? Paired(IReadOnlyList<RunRecord>? reference, Func<RunRecord, double> score)
    {
        var pairs = Runs.Join(reference ?? [], run => run.Seed, other => other.Seed, (run, other) => score(run) - score(other)).ToList();
        return pairs.Count == 0 ? null : Statistics.Student(pairs);
    }
}
