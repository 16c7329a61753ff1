using Zapping.Training;
using Zapping.Training.Checkpoints;
using Zapping.Training.Data;
using Zapping.Training.Evaluation;
using Zapping.Training.Validation;

namespace Zapping.Continual.Tasks;

/// <summary>Has a learner learn task after task, and measures it after each.</summary>
public static class IncrementalRun
{
    /// <summary>Runs through the tasks. With a store, an earlier run that was interrupted, also within a task, is gone on with, and gives what it would have given.</summary>
    /// <param name="tasks">From the first on, in order; read as they are learned.</param>
    /// <param name="learner">Has learned nothing yet.</param>
    /// <param name="queries">For each task the examples that it is measured with, which are not learned (<see cref="TaskSplit.Queries"/>).</param>
    /// <param name="options">Checkpoints and progress; default: none.</param>
    /// <param name="cancellationToken">Ends it between two steps.</param>
    /// <exception cref="ArgumentException">A task cannot be learned, there are not as many tasks as queries, or the learner has no trainer to save.</exception>
    /// <exception cref="CheckpointException">A checkpoint is damaged or of another run; nothing has been changed.</exception>
    public static IncrementalResult Over(
        IEnumerable<IncrementalTask> tasks,
        ITaskLearner learner,
        IReadOnlyList<LabeledBatch> queries,
        IncrementalRunOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        ArgumentNullException.ThrowIfNull(learner);
        ArgumentNullException.ThrowIfNull(queries);
        options = OptionsValidator.Validate(options ?? new IncrementalRunOptions());
        var record = new RunRecord(queries.Count);
        Resume(learner, record, options);
        foreach (var task in tasks)
        {
            if (task.Index >= queries.Count)
            {
                throw new ArgumentException($"Task {task.Index} has no queries: there are those of {queries.Count} tasks.", nameof(queries));
            }

            if (task.Index < record.Finished)
            {
                continue;
            }

            record.Begin();
            learner.Learn(task, cancellationToken);
            var seconds = record.End();
            var scores = new TaskEvaluator(learner.Classifier, queries, batchSize: options.EvaluationBatchSize).Evaluate();
            record.Add(scores.Accuracies, SeenAccuracy(scores.Accuracies, queries, task.Index), seconds, learner.MemoryBytes);
            Save(learner, options.Store);
            options.Progress?.Invoke(record.Result());
        }

        return record.Finished == queries.Count
            ? record.Result()
            : throw new ArgumentException($"There are queries of {queries.Count} tasks, but {record.Finished} tasks.", nameof(tasks));
    }

    private static double SeenAccuracy(IReadOnlyList<double> accuracies, IReadOnlyList<LabeledBatch> queries, int last)
    {
        var seen = Enumerable.Range(0, last + 1);
        return seen.Sum(task => accuracies[task] * queries[task].Count) / seen.Sum(task => queries[task].Count);
    }

    private static void Resume(ITaskLearner learner, RunRecord record, IncrementalRunOptions options)
    {
        if (options.Store is null)
        {
            return;
        }

        if (learner is not IResumableLearner { Trainer: var trainer })
        {
            throw new ArgumentException($"{learner.GetType().Name} has no trainer that a checkpoint could hold: leave out the store, or make it an {nameof(IResumableLearner)}.", nameof(learner));
        }

        trainer.UseMemory(record);
        if (options.EverySteps > 0)
        {
            trainer.UseCheckpoints(options.Store, options.EverySteps);
        }

        options.Store.Resume(trainer);
    }

    private static void Save(ITaskLearner learner, CheckpointStore? store)
    {
        if (store is not null)
        {
            store.Save(((IResumableLearner)learner).Trainer);
        }
    }
}
