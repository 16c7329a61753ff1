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
    /// <summary>Whether it is accuracy on test images, after each task, that counts; otherwise it is online accuracy.</summary>
    public bool CountsFinal => Problem is "warm-start" or "class-pairs";

    /// <summary>The accuracy that counts, of each task.</summary>
    public IEnumerable<double> Accuracies => PerTask.Select(task => CountsFinal ? task.Final!.Value : task.Online);
}

/// <summary>What was measured in a task; see <see cref="Zapping.Plasticity.TaskResult"/>.</summary>
internal sealed record TaskRecord(double Online, double? Final, double Dead, double EffectiveRank, double WeightNorm, double GradientNorm);
