using static TorchSharp.torch;

namespace Zapping.Training;

/// <summary>What a trainer was last fed with, so that what was interrupted goes on with the same.</summary>
internal sealed class FeedHistory(nn.Module model) : IDisposable
{
    private Feed? _last;

    /// <summary>What the last <c>Fit</c> was fed with; null if there was none.</summary>
    public FeedDescription? Description => _last?.Description;

    /// <summary>Whether a <c>Fit</c> has begun that has not finished.</summary>
    public bool IsOpen => _last is { Description.IsFinished: false };

    /// <summary>
    /// To be called before a <c>Fit</c> signals anything. If an earlier one was interrupted, here or before a resume, this one must be fed with the same.
    /// </summary>
    /// <param name="next">What it is fed with.</param>
    /// <param name="state">Where the trainer is.</param>
    /// <returns>The feed to go on with, or to give up.</returns>
    /// <exception cref="InvalidOperationException">It is fed with something else.</exception>
    public Feed? Continue(FeedDescription next, TrainerState state)
    {
        if (_last is not { } last || !last.MustGoOn(state))
        {
            return null;
        }

        return last.Description.DifferencesTo(next with { Model = ModelMode.Of(model) }, last.Accepted) is { } text
            ? throw new InvalidOperationException($"The interrupted run was fed or set up otherwise, and nothing was changed: {text} Or begin anew by setting {nameof(Trainer.State)}.")
            : last;
    }

    /// <summary>Says what a <c>Fit</c> is fed with, until it <see cref="Feed.Finish">finishes</see>.</summary>
    public Feed Begin(FeedDescription description, StreamProgress? progress = null)
    {
        var feed = new Feed(description with { Model = ModelMode.Of(model) }, progress);
        Take(feed);
        return feed;
    }

    /// <summary>Has the next <c>Fit</c> go on from a saved one.</summary>
    /// <param name="saved">What that one was fed with; null if it is not known.</param>
    /// <param name="accepted">Differences that are meant.</param>
    public void Expect(FeedDescription? saved, IReadOnlyCollection<string> accepted) => Take(saved is null ? null : new Feed(saved, accepted));

    /// <summary>Lets the next <c>Fit</c> be fed with anything.</summary>
    public void Forget() => Take(null);

    public void Dispose() => _last?.Dispose();

    private void Take(Feed? feed)
    {
        _last?.Dispose();
        _last = feed;
    }
}
