using Zapping.Training.Resets;

namespace Zapping.Training;

/// <summary>Watches training. Every method has an empty default; implement what you need.</summary>
/// <remarks>
/// A boundary has a call before its resets and one after them: what has just ended is evaluated before them, as a reset of the classifier
/// would otherwise count as forgetting.
/// </remarks>
public interface ITrainingObserver
{
    /// <summary>A boundary is about to be signaled; its resets are still to come. The end of what came before, so to speak.</summary>
    /// <param name="boundary">What will begin.</param>
    void OnBoundaryStarting(TrainingBoundary boundary)
    {
    }

    /// <summary>A boundary has been signaled, and its resets are done.</summary>
    /// <param name="boundary">What begins.</param>
    void OnBoundaryStarted(TrainingBoundary boundary)
    {
    }

    /// <summary>A reset is about to be carried out.</summary>
    /// <param name="boundary">The boundary at which it runs.</param>
    void OnResetting(TrainingBoundary boundary)
    {
    }

    /// <summary>A reset has been carried out.</summary>
    /// <param name="report">What it did.</param>
    void OnResetCompleted(ResetReport report)
    {
    }

    /// <summary>An optimization step has been made.</summary>
    /// <param name="step">What happened; its tensors are valid during the call only.</param>
    void OnStep(TrainingStep step)
    {
    }

    /// <summary>An epoch has ended, and learning-rate schedules have made their step. An observer may ask for a stop (<see cref="Trainer.RequestStop"/>).</summary>
    /// <param name="epoch">Which one, counted from 0.</param>
    void OnEpochEnded(long epoch)
    {
    }

    /// <summary>A task of a <c>Fit</c> has been learned.</summary>
    /// <param name="task">Which one, counted from 0.</param>
    void OnTaskEnded(long task)
    {
    }

    /// <summary>A <c>Fit</c> has come to its end, or has been stopped; not if it is canceled or fails.</summary>
    /// <param name="summary">What it did.</param>
    void OnFitEnded(TrainingSummary summary)
    {
    }

    /// <summary>An episode has been made.</summary>
    /// <param name="report">What happened.</param>
    void OnEpisode(EpisodeReport report)
    {
    }
}
