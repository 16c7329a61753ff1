using Zapping.Training.Data;

namespace Zapping.Training.Diagnostics;

/// <summary>Measuring plasticity while a trainer trains.</summary>
public static class PlasticityMeterTrainerExtensions
{
    /// <summary>Measures how much each update lowers the loss of its own batch.</summary>
    /// <param name="trainer">The trainer. Transforms of batches, such as replay, come before this call.</param>
    /// <param name="meter">Gathers what is measured.</param>
    /// <exception cref="InvalidOperationException">The trainer's loss looks at more of a step than outputs and labels.</exception>
    public static ContinualTrainer UsePlasticityMeter(this ContinualTrainer trainer, PlasticityMeter meter)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(meter);
        var loss = trainer.Loss;
        LabeledBatch batch = default;
        return trainer
            .UseBatchTransform(own => batch = own)
            .OnStep(step => meter.Measure(trainer.Model, loss, batch, step.Outputs!));
    }
}
