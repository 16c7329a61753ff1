using Zapping.Continual.Tasks;

namespace Zapping.Continual.Learners;

/// <summary>What all learners refuse.</summary>
internal static class TaskCheck
{
    /// <param name="task">The next task.</param>
    /// <param name="learned">How many have been learned.</param>
    /// <param name="classes">Their classes.</param>
    /// <exception cref="ArgumentException">It cannot be learned; the message says why, and the way out.</exception>
    public static void Ensure(IncrementalTask task, int learned, IReadOnlyList<int> classes)
    {
        if (task.Index != learned)
        {
            throw new ArgumentException($"Task {task.Index} does not come now: the learner has learned {learned} tasks, so task {learned} is next.", nameof(task));
        }

        if (task.Classes.Count == 0)
        {
            throw new ArgumentException($"Task {task.Index} has no classes: leave it out.", nameof(task));
        }

        var labels = LabeledExamples.ClassesOf(task.Data, nameof(task));
        if (labels.Length == 0)
        {
            throw new ArgumentException($"Task {task.Index} has no examples: leave it out.", nameof(task));
        }

        var known = classes.ToHashSet();
        var own = new HashSet<int>();
        foreach (var id in task.Classes)
        {
            if (known.Contains(id) || !own.Add(id))
            {
                throw new ArgumentException($"Class {id} of task {task.Index} has come before: each class comes once, in one task.", nameof(task));
            }
        }

        var found = labels.ToHashSet();
        if (task.Classes.FirstOrDefault(id => !found.Contains(id), -1) is var absent and >= 0)
        {
            throw new ArgumentException($"Class {absent} of task {task.Index} has no example: leave it out, or give its examples.", nameof(task));
        }

        if (labels.FirstOrDefault(id => !own.Contains(id), -1) is var foreign and >= 0)
        {
            throw new ArgumentException($"Task {task.Index} has examples of class {foreign}, which it does not name.", nameof(task));
        }
    }
}
