using Zapping.Training.Resuming;

namespace Zapping.Training;

/// <summary>What a <c>Fit</c> is fed with while it goes on, and what is kept of it for the next one.</summary>
internal sealed class Feed : IDisposable
{
    private readonly FeedDescription _description;
    private readonly StreamProgress? _progress;
    private bool _isFinished;

    /// <summary>The feed of a <c>Fit</c> that begins.</summary>
    public Feed(FeedDescription description, StreamProgress? progress)
    {
        (_description, _progress) = (description, progress);
        Accepted = [];
    }

    /// <summary>The feed of a saved run.</summary>
    /// <param name="saved">It.</param>
    /// <param name="accepted">Differences to it that are meant.</param>
    public Feed(FeedDescription saved, IReadOnlyCollection<string> accepted)
    {
        (_description, Accepted, _isFinished) = (saved, accepted, saved.IsFinished);
        IsOfCheckpoint = true;
    }

    public FeedDescription Description => _description with { IsFinished = _isFinished, Place = _isFinished ? null : _progress?.Place ?? _description.Place };

    public IReadOnlyCollection<string> Accepted { get; }

    /// <summary>
    /// Whether the next <c>Fit</c> must have the same feed: after a resume, which comes with the code and the data of another process, and inside of what was interrupted.
    /// </summary>
    /// <param name="state">Where the trainer is.</param>
    public bool MustGoOn(TrainerState state) =>
        IsOfCheckpoint || (!_isFinished && (state.EpochSteps is not null || state.IsTaskOpen || _progress is { FinishedTasks: > 0 }));

    /// <summary>How far an interrupted stream was; null if none was interrupted, or another stream is meant.</summary>
    public StreamPlace? OpenPlace => new RunDifferences(Accepted).IsAccepted(FeedDescription.Tasks) ? null : Description.Place;

    private bool IsOfCheckpoint { get; }

    public void Finish()
    {
        _isFinished = true;
        Dispose();
    }

    public void Dispose() => _progress?.Dispose();
}
