using Zapping.Training.Resuming;
using Zapping.Training.Telemetry;
using Zapping.Training.Validation;

namespace Zapping.Training.Checkpoints;

/// <summary>
/// A folder of checkpoints, each a folder of its own: model, optimizers and random state as safetensors, everything
/// else as JSON, and the SHA-256 of every file in the format of <c>sha256sum</c>. A checkpoint is written under another
/// name, flushed to the disk and then renamed, so there is never half a one; what a killed process left behind is
/// cleared away by the next. One store at a time may have the folder.
/// <code>
/// using var store = new CheckpointStore("out/checkpoints");
/// store.Resume(trainer);                                  // the newest one, if there is one
/// trainer.UseCheckpoints(store, everySteps: 1000);
/// trainer.Fit(episodes, 9000 - trainer.State.Steps);
/// </code>
/// </summary>
/// <remarks>
/// Which version reads which checkpoint: the format number is raised by a version whose checkpoints an older one could not read, and a version reads all formats from 3, the first that was released,
/// up to its own. With the same number a version may add keys: a resume from an older checkpoint names them as absent, until <see cref="ResumeOptions.Accept"/> lists them. No key is renamed, and none
/// gets another meaning. The version of the library is stored and shown in messages, but not compared: CHANGELOG.md says where the same seed gives other numbers than before.
/// </remarks>
/// <threadsafety>One thread at a time.</threadsafety>
public sealed class CheckpointStore : IDisposable
{
    private readonly CheckpointFolder _folder;
    private readonly CheckpointRetentionOptions _retention;

    /// <summary>Opens a folder, which is made if need be.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="retention">Which checkpoints stay. Default: the last two and the best.</param>
    /// <exception cref="IOException">Another store has the folder, in this process or another that the message names, or it cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be written to.</exception>
    public CheckpointStore(string path, CheckpointRetentionOptions? retention = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _retention = OptionsValidator.Validate(retention ?? new CheckpointRetentionOptions());
        _folder = new CheckpointFolder(path);
    }

    /// <summary>
    /// Raised when a periodic save has failed, such as on a full disk: earlier checkpoints are whole, and training goes
    /// on. Without a listener it is written to <see cref="System.Diagnostics.Trace"/>.
    /// </summary>
    public event Action<Exception>? SaveFailed;

    /// <summary>
    /// Whether parameters and what optimizers remember of them may hold NaN and infinity; default <see langword="false"/>: such a checkpoint is neither saved, which could
    /// replace a good one, nor resumed. Buffers always may, as masks do.
    /// </summary>
    public bool AllowNonFinite { get; set; }

    internal CheckpointFolder Folder => _folder;

    /// <summary>All checkpoints whose description can be read, the newest first.</summary>
    public IReadOnlyList<Checkpoint> Checkpoints => _folder.List();

    /// <summary>The checkpoint with the highest score; null if none has one.</summary>
    public Checkpoint? Best => Checkpoints.Where(c => c.Score is not null).MaxBy(c => c.Score);

    /// <summary>Saves all that is needed to go on exactly, and removes what the retention no longer wants.</summary>
    /// <param name="trainer">Between two steps.</param>
    /// <param name="score">How good it is, the higher the better, for <see cref="Best"/>; null if not known.</param>
    /// <param name="notes">Text of the caller's own, by key.</param>
    /// <returns>The new checkpoint; on the disk, a power cut notwithstanding, when this returns.</returns>
    /// <exception cref="IOException">It cannot be written; earlier checkpoints are untouched.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be written to.</exception>
    /// <exception cref="InvalidOperationException">It could not be resumed, as weights or optimizer state are NaN or infinite; nothing has been written.</exception>
    /// <exception cref="NotSupportedException">An optimizer keeps its state where it cannot be read (LBFGS).</exception>
    public Checkpoint Save(Trainer trainer, double? score = null, IReadOnlyDictionary<string, string>? notes = null)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        return SaveRun(trainer, score, notes);
    }

    /// <summary>Saves all that is needed to go on exactly with a training loop of one's own, and removes what the retention no longer wants.</summary>
    /// <param name="run">Between two steps.</param>
    /// <param name="score">How good it is, the higher the better, for <see cref="Best"/>; null if not known.</param>
    /// <returns>The new checkpoint; on the disk, a power cut notwithstanding, when this returns.</returns>
    /// <exception cref="IOException">It cannot be written; earlier checkpoints are untouched.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be written to.</exception>
    /// <exception cref="InvalidOperationException">It could not be resumed, as weights or optimizer state are NaN or infinite; nothing has been written.</exception>
    /// <exception cref="NotSupportedException">An optimizer keeps its state where it cannot be read (LBFGS).</exception>
    public Checkpoint Save(TrainingRun run, double? score = null)
    {
        ArgumentNullException.ThrowIfNull(run);
        return SaveRun(run, score, run.Values.ToDictionary(StringComparer.Ordinal));
    }

    /// <summary>
    /// Brings a trainer, its model, its optimizers, its observers and the global random state to where the newest checkpoint was saved. The next <c>Fit</c> must be fed as the
    /// saved run was, with the model in the mode in which it was: a stream is given from its beginning, and gone on with where it stopped.
    /// </summary>
    /// <param name="trainer">
    /// Set up as the saved one was: model, frozen parameters, optimizers, resets, learning-rate schedulers, observers and options.
    /// </param>
    /// <param name="options">Which differences are meant; default: none.</param>
    /// <returns>The checkpoint; null, with nothing changed, if there is none.</returns>
    /// <exception cref="CheckpointException">It is damaged or does not fit; nothing has been changed.</exception>
    public Checkpoint? Resume(Trainer trainer, ResumeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        var newest = _folder.Newest();
        if (newest is not null)
        {
            Resume(trainer, newest, options);
        }

        return newest is null ? null : _folder.Describe(newest);
    }

    /// <summary>Like <see cref="Resume(Trainer, ResumeOptions)"/>, from a checkpoint of one's choice.</summary>
    /// <param name="trainer">Set up as the saved one was.</param>
    /// <param name="name">The <see cref="Checkpoint.Name"/> of one of <see cref="Checkpoints"/>.</param>
    /// <param name="options">Which differences are meant; default: none.</param>
    /// <exception cref="CheckpointException">It is not there, is damaged or does not fit; nothing has been changed.</exception>
    public void Resume(Trainer trainer, string name, ResumeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ResumeRun(trainer, name, options);
    }

    /// <summary>Brings a training loop of one's own to where the newest checkpoint was saved: its model, optimizers, resets, learning rates, memories and values, and the global random state.</summary>
    /// <param name="run">Set up as the saved one was, with learning-rate schedulers that have not been stepped.</param>
    /// <param name="options">Which differences are meant; default: none.</param>
    /// <returns>The checkpoint; null, with nothing changed, if there is none.</returns>
    /// <exception cref="CheckpointException">It is damaged or does not fit; nothing has been changed.</exception>
    public Checkpoint? Resume(TrainingRun run, ResumeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (_folder.Newest() is not { } newest)
        {
            return null;
        }

        ResumeRun(run, newest, options);
        var checkpoint = _folder.Describe(newest);
        run.TakeValues(checkpoint.Notes);
        return checkpoint;
    }

    /// <summary>Gives the folder back to other processes.</summary>
    public void Dispose() => _folder.Dispose();

    internal void OnSaveFailed(Exception failure)
    {
        if (SaveFailed is { } listeners)
        {
            listeners(failure);
        }
        else
        {
            System.Diagnostics.Trace.TraceWarning($"A checkpoint could not be saved; training goes on. {failure.Message}");
        }
    }

    private Checkpoint SaveRun(ICheckpointed run, double? score, IReadOnlyDictionary<string, string>? notes)
    {
        using var activity = TrainingTelemetry.Saving(run.State.Steps);
        var started = TrainingTelemetry.SavingStarts();
        var snapshot = new RunSnapshot(run);
        if (!AllowNonFinite)
        {
            snapshot.EnsureFinite();
        }

        var saved = _folder.Write(run.State.Steps, snapshot.Describe(score, notes), snapshot.Tensors());
        RemoveOld();
        TrainingLog.CheckpointSaved(run.Log, saved.Name, saved.Steps);
        TrainingTelemetry.Saved(run.GetType().Name, started);
        return saved;
    }

    private void ResumeRun(ICheckpointed run, string name, ResumeOptions? options)
    {
        try
        {
            using var files = _folder.Open(name);
            new RunSnapshot(run).Restore(files, OptionsValidator.Validate(options ?? new ResumeOptions()).Accept, AllowNonFinite);
            TrainingLog.Resumed(run.Log, name, run.State.Steps);
        }
        catch (Exception failure) when (failure is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException(name, failure.Message, _folder.Before(name), failure);
        }
    }

    private void RemoveOld()
    {
        var best = _retention.KeepBest ? Best : null;
        foreach (var old in Checkpoints.Skip(_retention.KeepLast).Where(c => c.Name != best?.Name && !_retention.Keeps(c.Steps)))
        {
            _folder.Remove(old.Name);
        }
    }
}
