using System.Globalization;
using TorchSharp;
using Zapping.Training.Data;
using Zapping.Training.Randomness;
using Zapping.Training.Resuming;
using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training;

/// <summary>Which tasks of a stream a <c>Fit</c> has come to, so that a later one can tell whether its stream is the same.</summary>
internal sealed class StreamProgress : IDisposable
{
    private ulong _classes;
    private Tensor? _contents;
    private string? _open;
    private Tensor? _openContents;

    public long FinishedTasks { get; private set; }

    /// <summary>Reads what was noted from the device.</summary>
    public StreamPlace Place => new(FinishedTasks, Finished, _open, _openContents is null ? null : TensorMark.Text(_openContents));

    private string Finished => $"{_classes.ToString("x16", CultureInfo.InvariantCulture)}-{(_contents is null ? "0" : TensorMark.Text(_contents))}";

    /// <summary>Goes to the first task that is to be learned, past those that an interrupted <c>Fit</c> has finished.</summary>
    /// <param name="tasks">Before the first one.</param>
    /// <param name="place">How far that one was; null if none was interrupted.</param>
    /// <param name="check">Called before each task that is passed over.</param>
    /// <returns>Whether there is such a task.</returns>
    /// <exception cref="InvalidOperationException">The tasks are others.</exception>
    public bool Advance<TBatch>(IEnumerator<Experience<TBatch>> tasks, StreamPlace? place, Action check)
    {
        if (place is null)
        {
            return tasks.MoveNext();
        }

        while (FinishedTasks < place.FinishedTasks)
        {
            check();
            if (!tasks.MoveNext())
            {
                throw Another($"it has {FinishedTasks} tasks, of which {place.FinishedTasks} were finished");
            }

            Begin(tasks.Current);
            Finish();
        }

        if (Finished != place.Finished)
        {
            throw Another($"its first {FinishedTasks} tasks have other classes, examples or contents than those that were finished");
        }

        var hasTask = tasks.MoveNext();
        if (place.Open is { } open)
        {
            if (!hasTask)
            {
                throw Another($"it has {FinishedTasks} tasks, and the next one was begun");
            }

            Begin(tasks.Current);
            if (_open != open || TensorMark.Text(_openContents!) != place.OpenContents)
            {
                throw Another($"its task {FinishedTasks} {tasks.Current.MarkVerb} {_open}, and the one that was begun {open}{(_open == open ? " of other contents" : "")}");
            }
        }

        return hasTask;
    }

    public void Begin<TBatch>(Experience<TBatch> task)
    {
        _openContents?.Dispose();
        (_open, _openContents) = (task.Mark, task.MarkContents());
    }

    public void Finish()
    {
        _classes = StableHash.Mix(_classes, StableHash.Of(_open!));
        using (var before = _contents)
        using (var last = _openContents!)
        using (Scalar factor = 1_000_003L)
        using (var shifted = before?.mul(factor))
        {
            _contents = (shifted is null ? last.alias() : shifted.Plus(last)).DetachFromDisposeScope();
        }

        (_open, _openContents) = (null, null);
        FinishedTasks++;
    }

    public void Dispose()
    {
        _contents?.Dispose();
        _openContents?.Dispose();
        (_contents, _open, _openContents) = (null, null, null);
    }

    private static InvalidOperationException Another(string how) => new(
        $"The stream is not the one that was interrupted, and nothing was changed: {how}. Give the same stream, from its beginning; or, if another one is meant, resume with "
        + $"new {nameof(ResumeOptions)} {{ {nameof(ResumeOptions.Accept)} = [\"{FeedDescription.Tasks}\"] }}, or set {nameof(Trainer.State)}, which begins anew.");
}
