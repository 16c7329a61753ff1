using Zapping.Training.Data;
using Zapping.Training.Initializers;

namespace Zapping.Continual.Tasks;

/// <summary>
/// Divides a data set into tasks by its classes. With as many first classes as in the other tasks it is the protocol that is known as B0, with half of the classes first B50. Labels stay as they are: a class keeps its id,
/// whenever it arrives.
/// </summary>
public static class TaskSplit
{
    /// <summary>Tasks of equal size, but the first; the last is smaller if the sizes do not divide.</summary>
    /// <param name="data">Inputs [n, …] and labels [n] as 64-bit integers.</param>
    /// <param name="firstClasses">Classes of the first task, at least 1.</param>
    /// <param name="classesPerTask">Classes of each later task, at least 1.</param>
    /// <param name="seed">Seed of the order in which classes arrive; null: by their ids.</param>
    /// <returns>The tasks; their tensors are new, and in the current dispose scope.</returns>
    /// <exception cref="ArgumentException">The data are no labeled examples, or have fewer classes than the first task.</exception>
    public static IReadOnlyList<IncrementalTask> Of(LabeledBatch data, int firstClasses, int classesPerTask, ulong? seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(firstClasses);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(classesPerTask);
        int[] classes = [.. LabeledExamples.ClassesOf(data, nameof(data)).Distinct().Order()];
        if (classes.Length < firstClasses)
        {
            throw new ArgumentException($"The data have {classes.Length} classes, and the first task is to have {firstClasses}.", nameof(firstClasses));
        }

        int[] order = seed is { } chosen ? [.. new ResetNoise(chosen, 0, "classes").Permutation(classes.Length).Select(place => classes[place])] : classes;
        return Of(data, [order[..firstClasses], .. order[firstClasses..].Chunk(classesPerTask)]);
    }

    /// <summary>Tasks of any sizes.</summary>
    /// <param name="data">Inputs [n, …] and labels [n] as 64-bit integers; classes that no task names are left out.</param>
    /// <param name="classes">The class ids of each task.</param>
    /// <returns>The tasks; their tensors are new, and in the current dispose scope.</returns>
    /// <exception cref="ArgumentException">The data are no labeled examples, a class comes twice or has no example, or a task has no class.</exception>
    public static IReadOnlyList<IncrementalTask> Of(LabeledBatch data, params IReadOnlyList<IReadOnlyList<int>> classes)
    {
        ArgumentNullException.ThrowIfNull(classes);
        var labels = LabeledExamples.ClassesOf(data, nameof(data));
        EnsureOnce(classes);
        return [.. classes.Select((own, index) => new IncrementalTask(index, [.. own], Select(data, labels, own, index)))];
    }

    /// <summary>The query set of each task, for <see cref="IncrementalRun"/>.</summary>
    /// <param name="data">Inputs [n, …] and labels [n] as 64-bit integers, of other examples than those that are learned.</param>
    /// <param name="tasks">The tasks.</param>
    /// <returns>Their examples, in the order of the tasks; the tensors are new, and in the current dispose scope.</returns>
    /// <exception cref="ArgumentException">The data are no labeled examples, or have none of a class.</exception>
    public static IReadOnlyList<LabeledBatch> Queries(LabeledBatch data, IReadOnlyList<IncrementalTask> tasks)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        var labels = LabeledExamples.ClassesOf(data, nameof(data));
        return [.. tasks.Select(task => Select(data, labels, task.Classes, task.Index))];
    }

    private static LabeledBatch Select(LabeledBatch data, int[] labels, IReadOnlyList<int> classes, int task)
    {
        if (classes.FirstOrDefault(id => !labels.Contains(id), -1) is var absent and >= 0)
        {
            throw new ArgumentException($"Class {absent} of task {task} has no example in the data: leave it out, or give its examples.", nameof(data));
        }

        var wanted = classes.ToHashSet();
        return LabeledExamples.Rows(data, [.. Enumerable.Range(0, labels.Length).Where(row => wanted.Contains(labels[row])).Select(row => (long)row)]);
    }

    private static void EnsureOnce(IReadOnlyList<IReadOnlyList<int>> classes)
    {
        var tasks = new Dictionary<int, int>();
        for (var task = 0; task < classes.Count; task++)
        {
            if (classes[task].Count == 0)
            {
                throw new ArgumentException($"Task {task} has no classes: leave it out.", nameof(classes));
            }

            foreach (var id in classes[task])
            {
                if (!tasks.TryAdd(id, task))
                {
                    throw new ArgumentException($"Class {id} comes in task {tasks[id]} and again in task {task}: each class comes once.", nameof(classes));
                }
            }
        }
    }
}
