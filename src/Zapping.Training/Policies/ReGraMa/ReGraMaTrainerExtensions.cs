using Zapping.Training.HiddenUnits;
using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training.Policies;

/// <summary>ReGraMa for every trainer.</summary>
public static class ReGraMaTrainerExtensions
{
    /// <summary>Renews units that get almost no gradient (ReGraMa), of all layers for which that is possible (see <see cref="UnitGraph"/>), starting from the options' defaults.</summary>
    /// <param name="trainer">The trainer. The policy is disposed of with it; checkpoints hold the gradients of the layers' weights, so that a resume misses none.</param>
    /// <param name="exampleInput">Inputs [n, …] on the model's device, of which the first is used to find out which layer feeds which.</param>
    /// <param name="every">When; a step boundary, as published every 1000 steps: <c>new(StepBoundary) { Period = 1000 }</c>.</param>
    /// <param name="configure">Changes the options before they are used.</param>
    /// <exception cref="ArgumentException">An option or the schedule is invalid, or the model has no layer whose units can be replaced.</exception>
    /// <exception cref="InvalidOperationException">Units cannot be followed through the model.</exception>
    public static TTrainer UseReGraMa<TTrainer>(this TTrainer trainer, Tensor exampleInput, ResetSchedule every, Action<ReGraMaOptions>? configure = null)
        where TTrainer : Trainer
    {
        var options = new ReGraMaOptions();
        configure?.Invoke(options);
        return trainer.UseReGraMa(exampleInput, every, options);
    }

    /// <summary>Renews units that get almost no gradient (ReGraMa), of all layers for which that is possible (see <see cref="UnitGraph"/>), as the options say.</summary>
    /// <param name="trainer">The trainer. The policy is disposed of with it; checkpoints hold the gradients of the layers' weights, so that a resume misses none.</param>
    /// <param name="exampleInput">Inputs [n, …] on the model's device, of which the first is used to find out which layer feeds which.</param>
    /// <param name="every">When; a step boundary, as published every 1000 steps: <c>new(StepBoundary) { Period = 1000 }</c>.</param>
    /// <param name="options">Read now; later changes have no effect.</param>
    /// <exception cref="ArgumentException">An option or the schedule is invalid, or the model has no layer whose units can be replaced.</exception>
    /// <exception cref="InvalidOperationException">Units cannot be followed through the model.</exception>
    public static TTrainer UseReGraMa<TTrainer>(this TTrainer trainer, Tensor exampleInput, ResetSchedule every, ReGraMaOptions options)
        where TTrainer : Trainer
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(options);
        var policy = new ReGraMaPolicy(UnitGraph.Trace(TensorModel.Of(trainer.Model, nameof(UseReGraMa)), exampleInput, options.IsNormalization), options);
        trainer.RegisterForDispose(policy);
        return trainer.UseReset(every, policy);
    }
}
