using static TorchSharp.torch;

namespace Zapping.Training;

// Single hidden units.
public static partial class TrainerVerbs
{
    /// <summary>Recycles dormant units (ReDo) of all layers for which that is possible; see <see cref="UnitGraph"/>.</summary>
    /// <param name="trainer">The trainer. The policy is disposed of with it.</param>
    /// <param name="example">Inputs [n, …] on the model's device, of which the first is used to find out which layer feeds which.</param>
    /// <param name="schedule">When; for example every 1000 steps: <c>new ResetSchedule(StepBoundary) { Period = 1000 }</c>.</param>
    /// <param name="configure">Changes the options before they are used.</param>
    /// <param name="normalisations">Which modules of one's own are normalisations, as for <see cref="UnitGraph.Trace"/>. Default: none.</param>
    /// <exception cref="ArgumentException">An option is invalid, or there is no layer whose units can be recycled.</exception>
    /// <exception cref="InvalidOperationException">Units cannot be followed through the model.</exception>
    public static TTrainer UseDormantUnitReset<TTrainer>(
        this TTrainer trainer,
        Tensor example,
        ResetSchedule schedule,
        Action<DormantUnitsOptions>? configure = null,
        Func<nn.Module, bool>? normalisations = null)
        where TTrainer : Trainer
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(schedule);
        var options = new DormantUnitsOptions();
        configure?.Invoke(options);
        trainer.AddOwned(new DormantUnitsPolicy(UnitGraph.Trace(trainer.Model, example, normalisations), options), schedule);
        return trainer;
    }

    /// <summary>
    /// Replaces the least useful units at every step (continual backpropagation), in all layers for which that is possible; see
    /// <see cref="UnitGraph"/>.
    /// </summary>
    /// <param name="trainer">The trainer. The policy is disposed of with it.</param>
    /// <param name="example">Inputs [n, …] on the model's device, of which the first is used to find out which layer feeds which.</param>
    /// <param name="configure">Changes the options before they are used.</param>
    /// <param name="normalisations">Which modules of one's own are normalisations, as for <see cref="UnitGraph.Trace"/>. Default: none.</param>
    /// <param name="seed">Seed of the fresh weights.</param>
    /// <exception cref="ArgumentException">An option is invalid, or there is no layer whose units can be replaced.</exception>
    /// <exception cref="InvalidOperationException">Units cannot be followed through the model.</exception>
    public static TTrainer UseContinualBackprop<TTrainer>(
        this TTrainer trainer,
        Tensor example,
        Action<ContinualBackpropOptions>? configure = null,
        Func<nn.Module, bool>? normalisations = null,
        ulong seed = 0)
        where TTrainer : Trainer
    {
        ArgumentNullException.ThrowIfNull(trainer);
        var options = new ContinualBackpropOptions();
        configure?.Invoke(options);
        trainer.AddOwned(
            new ContinualBackpropPolicy(UnitGraph.Trace(trainer.Model, example, normalisations), options), new ResetSchedule(BoundaryKind.StepBoundary) { Seed = seed });
        return trainer;
    }
}
