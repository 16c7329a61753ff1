using Zapping.Training.HiddenUnits;
using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training;

/// <summary>Continual backpropagation for every trainer.</summary>
public static class ContinualBackpropTrainerExtensions
{
    /// <summary>Replaces the least useful units (continual backpropagation) of all layers for which that is possible (see <see cref="UnitGraph"/>), starting from the options' defaults.</summary>
    /// <param name="trainer">The trainer. The policy is disposed of with it.</param>
    /// <param name="exampleInput">Inputs [n, …] on the model's device, of which the first is used to find out which layer feeds which.</param>
    /// <param name="every">When; as published at every step: <c>StepBoundary</c>.</param>
    /// <param name="configure">Changes the options before they are used.</param>
    /// <exception cref="ArgumentException">An option or the schedule is invalid, or the model has no layer whose units can be replaced.</exception>
    /// <exception cref="InvalidOperationException">Units cannot be followed through the model.</exception>
    public static TTrainer UseContinualBackprop<TTrainer>(this TTrainer trainer, Tensor exampleInput, ResetSchedule every, Action<ContinualBackpropOptions>? configure = null)
        where TTrainer : Trainer
    {
        var options = new ContinualBackpropOptions();
        configure?.Invoke(options);
        return trainer.UseContinualBackprop(exampleInput, every, options);
    }

    /// <summary>Replaces the least useful units (continual backpropagation) of all layers for which that is possible (see <see cref="UnitGraph"/>), as the options say.</summary>
    /// <param name="trainer">The trainer. The policy is disposed of with it.</param>
    /// <param name="exampleInput">Inputs [n, …] on the model's device, of which the first is used to find out which layer feeds which.</param>
    /// <param name="every">When; as published at every step: <c>StepBoundary</c>.</param>
    /// <param name="options">Read now; later changes have no effect.</param>
    /// <exception cref="ArgumentException">An option or the schedule is invalid, or the model has no layer whose units can be replaced.</exception>
    /// <exception cref="InvalidOperationException">Units cannot be followed through the model.</exception>
    public static TTrainer UseContinualBackprop<TTrainer>(this TTrainer trainer, Tensor exampleInput, ResetSchedule every, ContinualBackpropOptions options)
        where TTrainer : Trainer
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(options);
        var policy = new ContinualBackpropPolicy(UnitGraph.Trace(TensorModel.Of(trainer.Model, nameof(UseContinualBackprop)), exampleInput, options.IsNormalization), options);
        trainer.RegisterForDispose(policy);
        return trainer.UseReset(every, policy);
    }
}
