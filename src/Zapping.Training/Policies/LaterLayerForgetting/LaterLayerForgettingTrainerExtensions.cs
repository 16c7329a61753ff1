using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training;

/// <summary>Later-layer forgetting for every trainer.</summary>
public static class LaterLayerForgettingTrainerExtensions
{
    /// <summary>Initializes the later layers of the model anew (later-layer forgetting), starting from the options' defaults.</summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="exampleInput">Inputs [n, …] on the model's device for one forward pass, which shows the order of the layers.</param>
    /// <param name="every">When: in the publication every 160 epochs, <c>new(EpochBoundary) { Period = 160, SkipFirst = true }</c>; against the primacy bias
    /// a limited number of times, <c>new(StepBoundary) { Period = 200_000, AtMost = 10, SkipFirst = true }</c>.</param>
    /// <param name="configure">Changes the options before they are used.</param>
    /// <exception cref="ArgumentException">An option or the schedule is invalid, or the model has no such layers.</exception>
    /// <exception cref="NotSupportedException">The order or the initialization of a layer is not known.</exception>
    public static TTrainer UseLaterLayerForgetting<TTrainer>(this TTrainer trainer, Tensor exampleInput, ResetSchedule every, Action<LaterLayerForgettingOptions>? configure = null)
        where TTrainer : Trainer
    {
        var options = new LaterLayerForgettingOptions();
        configure?.Invoke(options);
        return trainer.UseLaterLayerForgetting(exampleInput, every, options);
    }

    /// <summary>Initializes the later layers of the model anew (later-layer forgetting), as the options say.</summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="exampleInput">Inputs [n, …] on the model's device for one forward pass, which shows the order of the layers.</param>
    /// <param name="every">When: in the publication every 160 epochs, <c>new(EpochBoundary) { Period = 160, SkipFirst = true }</c>; against the primacy bias
    /// a limited number of times, <c>new(StepBoundary) { Period = 200_000, AtMost = 10, SkipFirst = true }</c>.</param>
    /// <param name="options">Read now; later changes have no effect.</param>
    /// <exception cref="ArgumentException">An option or the schedule is invalid, or the model has no such layers.</exception>
    /// <exception cref="NotSupportedException">The order or the initialization of a layer is not known.</exception>
    public static TTrainer UseLaterLayerForgetting<TTrainer>(this TTrainer trainer, Tensor exampleInput, ResetSchedule every, LaterLayerForgettingOptions options)
        where TTrainer : Trainer
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(options);
        return trainer.UseReset(every, new LaterLayerForgettingPolicy(TensorModel.Of(trainer.Model, nameof(UseLaterLayerForgetting)), exampleInput, options));
    }
}
