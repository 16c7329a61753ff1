using System.Globalization;
using System.Reflection;
using Plasticity.Policies;
using Zapping.Plasticity;
using Zapping.Training;
using static TorchSharp.torch;

namespace Plasticity.Runs;

/// <summary>One run of a comparison: a policy with its options, on a problem, with an optimizer and a seed.</summary>
internal sealed record Cell(PlasticityProblem Problem, PolicyRow Policy, IReadOnlyDictionary<string, double> Options, OptimizerKind Optimizer, double Rate, ulong Seed, int Tasks, bool MeasuresPlasticity)
{
    /// <summary>A name for files that tells it from all others.</summary>
    public string FileName
    {
        get
        {
            var options = string.Concat(Options.OrderBy(option => option.Key, StringComparer.Ordinal).Select(option => string.Create(CultureInfo.InvariantCulture, $"_{option.Key}={option.Value:r}")));
            return string.Create(CultureInfo.InvariantCulture, $"{Problem.Name}/{Optimizer.Name}_rate={Rate:r}/{Policy.Name}{options}/{Tasks}-tasks_seed-{Seed}{(MeasuresPlasticity ? "_plasticity" : "")}.json");
        }
    }

    /// <summary>Makes the run.</summary>
    /// <param name="tasks">Told how many tasks are done.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public RunRecord Run(IProgress<int>? tasks, CancellationToken cancellationToken)
    {
        using var scope = NewDisposeScope();
        var owned = new List<IDisposable>();
        try
        {
            var example = Problem.Task(Seed, 0).Inputs.narrow(0, 0, 2);
            var facts = new PolicyFacts(Problem, example, Seed + 1, Options, owned.Add);
            var result = new PlasticityRun(Problem, Seed) { MeasuresPlasticity = MeasuresPlasticity }.Go(
                parameters => Optimizer.Make(parameters, Rate), trainer => Policy.Use(trainer, facts), Tasks, tasks, cancellationToken);
            return new(
                Problem.Name, Policy.Name, Options, Optimizer.Name, Rate, Seed, Tasks, Library, Math.Round(result.Seconds, 2), result.Resets,
                [.. result.Tasks.Select(TaskRecord.Of), .. Enumerable.Repeat(TaskRecord.AfterDivergence, Tasks - result.Tasks.Count)])
            {
                Measure = Problem.Measure,
                Diverged = result.Diverged,
            };
        }
        finally
        {
            owned.ForEach(own => own.Dispose());
        }
    }

    private static string Library => typeof(Trainer).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
}
