using Zapping.Plasticity;

namespace Plasticity.Runs;

/// <summary>A run as its file holds it.</summary>
/// <param name="Problem">Name of the problem.</param>
/// <param name="Policy">Name of the policy.</param>
/// <param name="Options">Of the policy.</param>
/// <param name="Optimizer">Name of the optimizer.</param>
/// <param name="LearningRate">Its rate.</param>
/// <param name="Seed">Of tasks, order and first weights; the policy's is one more.</param>
/// <param name="Tasks">How many tasks.</param>
/// <param name="Library">Version of the library.</param>
/// <param name="Seconds">Training alone.</param>
/// <param name="Resets">How many resets there were.</param>
/// <param name="PerTask">What was measured.</param>
internal sealed record RunRecord(
    string Problem, string Policy, IReadOnlyDictionary<string, double> Options, string Optimizer, double LearningRate, ulong Seed, int Tasks, string Library, double Seconds, long Resets, IReadOnlyList<TaskRecord> PerTask)
{
    /// <summary>By what policies are compared; what older files do not say is online accuracy.</summary>
    public PlasticityMeasure Measure { get; init; } = PlasticityMeasure.OnlineAccuracy;

    /// <summary>The message of the step that was not finite, which ended the run; null if there was none. Tasks that are missing count with <see cref="TaskRecord.AfterDivergence"/>.</summary>
    public string? Diverged { get; init; }

    /// <summary>What counts, of each task.</summary>
    public IEnumerable<double> Scores => PerTask.Select(task => Measure switch
    {
        PlasticityMeasure.FinalAccuracy => task.Final!.Value,
        PlasticityMeasure.OnlineLoss => task.Loss!.Value,
        _ => task.Online!.Value,
    });
}

/// <summary>What was measured in a task; see <see cref="TaskResult"/>.</summary>
internal sealed record TaskRecord(
    double Dead, double EffectiveRank, double WeightNorm, double GradientNorm, double? Online = null, double? Final = null, double? Loss = null, double? Plasticity = null)
{
    /// <summary>Of a task that a run did not come to, since a step was not finite: nothing is right.</summary>
    public static TaskRecord AfterDivergence { get; } = new(double.NaN, double.NaN, double.NaN, double.NaN, Online: 0, Final: 0, Loss: double.PositiveInfinity);

    /// <summary>With as many digits as seeds could tell.</summary>
    public static TaskRecord Of(TaskResult task) => new(
        Rounded(task.Dead), Rounded(task.EffectiveRank), Rounded(task.WeightNorm), Rounded(task.GradientNorm),
        task.Online is { } online ? Rounded(online) : null, task.Final is { } final ? Rounded(final) : null, Rounded(task.Loss), task.Plasticity is { } plasticity ? Rounded(plasticity) : null);

    private static double Rounded(double value) => Math.Round(value, 6);
}
