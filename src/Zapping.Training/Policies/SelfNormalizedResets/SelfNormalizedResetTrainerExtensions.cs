using Zapping.Training.HiddenUnits;
using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training.Policies;

/// <summary>Self-Normalized Resets (SNR) for every trainer.</summary>
public static class SelfNormalizedResetTrainerExtensions
{
    /// <summary>Renews units that are silent for longer than is usual for them (SNR), of all layers for which that is possible (see <see cref="UnitGraph"/>), starting from the options' defaults.</summary>
    /// <param name="trainer">The trainer. The policy is disposed of with it.</param>
    /// <param name="exampleInput">Inputs [n, …] on the model's device, of which the first is used to find out which layer feeds which.</param>
    /// <param name="every">When; as published at every step: <c>StepBoundary</c>.</param>
    /// <param name="configure">Changes the options before they are used.</param>
    /// <exception cref="ArgumentException">An option or the schedule is invalid, or the model has no layer whose units can be replaced.</exception>
    /// <exception cref="InvalidOperationException">Units cannot be followed through the model.</exception>
    public static TTrainer UseSelfNormalizedResets<TTrainer>(this TTrainer trainer, Tensor exampleInput, ResetSchedule every, Action<SelfNormalizedResetOptions>? configure = null)
        where TTrainer : Trainer
    {
        var options = new SelfNormalizedResetOptions();
        configure?.Invoke(options);
        return trainer.UseSelfNormalizedResets(exampleInput, every, options);
    }

    /// <summary>Renews units that are silent for longer than is usual for them (SNR), of all layers for which that is possible (see <see cref="UnitGraph"/>), as the options say.</summary>
    /// <param name="trainer">The trainer. The policy is disposed of with it.</param>
    /// <param name="exampleInput">Inputs [n, …] on the model's device, of which the first is used to find out which layer feeds which.</param>
    /// <param name="every">When; as published at every step: <c>StepBoundary</c>.</param>
    /// <param name="options">Read now; later changes have no effect.</param>
    /// <exception cref="ArgumentException">An option or the schedule is invalid, or the model has no layer whose units can be replaced.</exception>
    /// <exception cref="InvalidOperationException">Units cannot be followed through the model.</exception>
    public static TTrainer UseSelfNormalizedResets<TTrainer>(this TTrainer trainer, Tensor exampleInput, ResetSchedule every, SelfNormalizedResetOptions options)
        where TTrainer : Trainer
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(options);
        var policy = new SelfNormalizedResetPolicy(UnitGraph.Trace(TensorModel.Of(trainer.Model, nameof(UseSelfNormalizedResets)), exampleInput, options.IsNormalization), options);
        trainer.RegisterForDispose(policy);
        return trainer.UseReset(every, policy);
    }
}
