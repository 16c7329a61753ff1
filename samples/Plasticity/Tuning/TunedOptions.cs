using Plasticity.Runs;
using Zapping.CommandLine;

namespace Plasticity.Tuning;

/// <summary>What a search of options came to, for one problem, optimizer and rate, as its file holds it.</summary>
/// <param name="Problem">Name of the problem.</param>
/// <param name="Optimizer">Name of the optimizer.</param>
/// <param name="LearningRate">Its rate.</param>
/// <param name="Tasks">How many tasks each trial had.</param>
/// <param name="Seeds">On which streams; none of them may be compared on.</param>
/// <param name="Policies">By name.</param>
internal sealed record TunedOptions(
    string Problem, string Optimizer, double LearningRate, int Tasks, IReadOnlyList<ulong> Seeds, IReadOnlyDictionary<string, TunedPolicy> Policies)
{
    /// <summary>How the names of such files begin.</summary>
    public const string Prefix = "tuned-";

    /// <summary>The file of a problem and optimizer in a folder.</summary>
    public static string PathOf(string folder, string problem, string optimizer) => Path.Combine(folder, $"{Prefix}{problem}-{optimizer}.json");

    /// <summary>Reads the file of a problem and optimizer.</summary>
    /// <exception cref="CommandException">There is none, or it is damaged.</exception>
    public static TunedOptions Read(string folder, string problem, string optimizer)
    {
        var path = PathOf(folder, problem, optimizer);
        return File.Exists(path)
            ? JsonFile.Read<TunedOptions>(path, "no tuned options: tune writes it")
            : throw new CommandException($"{path} is not there: 'tune --problem {problem} --optimizers {optimizer} --out {folder}' makes it.");
    }

    /// <summary>Writes the file, with the policies of an older one that are not tuned anew.</summary>
    /// <exception cref="CommandException">The older one is of other trials.</exception>
    public string Write(string folder)
    {
        var path = PathOf(folder, Problem, Optimizer);
        var all = Policies;
        if (File.Exists(path))
        {
            var old = Read(folder, Problem, Optimizer);
            if (old.LearningRate != LearningRate || old.Tasks != Tasks || !old.Seeds.SequenceEqual(Seeds))
            {
                throw new CommandException($"{path} is of another rate, other seeds or another number of tasks: take another --out, or delete it.");
            }

            all = old.Policies.Where(policy => !Policies.ContainsKey(policy.Key)).Concat(Policies).ToDictionary(StringComparer.Ordinal);
        }

        JsonFile.Write(path, this with { Policies = all }, indented: true);
        return path;
    }
}

/// <summary>The options that were chosen for a policy, and all that were tried.</summary>
/// <param name="Options">What <see cref="TunedPoint.Choose"/> took.</param>
/// <param name="Points">The grid with its scores.</param>
internal sealed record TunedPolicy(IReadOnlyDictionary<string, double> Options, IReadOnlyList<TunedScore> Points);

/// <summary>A point of the grid: options, mean and standard error of its score.</summary>
internal sealed record TunedScore(IReadOnlyDictionary<string, double> Options, double Mean, double StandardError);
