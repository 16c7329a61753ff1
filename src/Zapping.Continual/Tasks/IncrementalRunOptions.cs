using System.ComponentModel.DataAnnotations;
using Zapping.Training.Checkpoints;

namespace Zapping.Continual.Tasks;

/// <summary>How tasks are run through.</summary>
public sealed record IncrementalRunOptions
{
    /// <summary>Where checkpoints go, and from which an interrupted run goes on; default: none are saved. The learner is an <see cref="IResumableLearner"/>.</summary>
    public CheckpointStore? Store { get; set; }

    /// <summary>After how many steps within a task a checkpoint is saved, besides the one after each task; default 0: none.</summary>
    [Range(0, long.MaxValue)]
    public long EverySteps { get; set; }

    /// <summary>Examples at a time in evaluations, at least 1; default 250.</summary>
    [Range(1, int.MaxValue)]
    public int EvaluationBatchSize { get; set; } = 250;

    /// <summary>Told after each task, with what is known by then.</summary>
    public Action<IncrementalResult>? Progress { get; set; }
}
