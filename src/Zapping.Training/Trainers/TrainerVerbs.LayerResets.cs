using static TorchSharp.torch;

namespace Zapping.Training;

// Whole layers.
public static partial class TrainerVerbs
{
    /// <summary>Initialises the later layers of the model anew at the boundaries of a schedule (later-layer forgetting).</summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="example">Inputs [n, …] on the model's device for one forward pass, which shows the order of the layers.</param>
    /// <param name="layers">Which layers, for example <c>LayerRange.From("block4")</c>.</param>
    /// <param name="schedule">When; in the publication every so many epochs: <c>new ResetSchedule(EpochBoundary) { Period = 160, SkipFirst = true }</c>.</param>
    /// <param name="configure">Changes the other options before they are used.</param>
    /// <exception cref="ArgumentException">An option is invalid, or the model has no such layers.</exception>
    /// <exception cref="NotSupportedException">The order or the initialisation of a layer is not known.</exception>
    public static TTrainer UseLaterLayerReset<TTrainer>(
        this TTrainer trainer, Tensor example, LayerRange layers, ResetSchedule schedule, Action<LaterLayersOptions>? configure = null)
        where TTrainer : Trainer
    {
        ArgumentNullException.ThrowIfNull(trainer);
        var options = new LaterLayersOptions { Layers = layers };
        configure?.Invoke(options);
        return trainer.UseReset(new LaterLayersPolicy(trainer.Model, example, options), schedule);
    }

    /// <summary>
    /// Initialises the last layers anew every so many steps, a limited number of times, as Nikishin et al. 2022 do against the
    /// primacy bias: later-layer forgetting of the last <paramref name="layers"/> layers with the schedule
    /// <c>new ResetSchedule(StepBoundary) { Period = everySteps, AtMost = atMost, SkipFirst = true }</c>.
    /// </summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="example">Inputs [n, …] on the model's device for one forward pass, which shows the order of the layers.</param>
    /// <param name="layers">How many linear layers and convolutions, at least 1.</param>
    /// <param name="everySteps">Steps from one reset to the next, and before the first; at least 1.</param>
    /// <param name="atMost">How many resets at the most, at least 0.</param>
    /// <param name="seed">Seed of the resets.</param>
    /// <exception cref="ArgumentException">A number is out of its range, or the model has fewer layers.</exception>
    /// <exception cref="NotSupportedException">The order or the initialisation of a layer is not known.</exception>
    public static TTrainer UseHeadReset<TTrainer>(this TTrainer trainer, Tensor example, int layers, long everySteps, long atMost, ulong seed = 0)
        where TTrainer : Trainer => trainer.UseLaterLayerReset(
            example,
            LayerRange.Last(layers),
            new ResetSchedule(BoundaryKind.StepBoundary) { Period = everySteps, AtMost = atMost, SkipFirst = true, Seed = seed });
}
