using static TorchSharp.torch;

namespace Zapping.Training.Internal;

/// <summary>A learning-rate scheduler of TorchSharp, and how often it has been stepped, which it does not tell itself.</summary>
internal sealed class LearningRateSchedule(optim.lr_scheduler.LRScheduler schedule, BoundaryKind every)
{
    public BoundaryKind Every => every;

    public long Steps { get; private set; }

    public void Step()
    {
        schedule.step();
        Steps++;
    }

    /// <summary>Brings a fresh scheduler to where a saved one was.</summary>
    /// <exception cref="InvalidOperationException">It has been stepped further than that already.</exception>
    public void CatchUp(long steps)
    {
        if (Steps > steps)
        {
            throw new InvalidOperationException(
                $"A learning-rate scheduler has made {Steps} steps and cannot go back to {steps}: make a new one before resuming.");
        }

        while (Steps < steps)
        {
            Step();
        }
    }
}
