using Zapping.Training.Data;
using Zapping.Training.Validation;

namespace Zapping.Training.Evaluation;

/// <summary>Early stopping.</summary>
public static class EarlyStoppingTrainerExtensions
{
    /// <summary>
    /// Evaluates on validation data after each epoch, and ends the experience, or the <c>Fit</c> of epochs, when nothing has improved for some epochs; then the model gets the best weights back. Checkpoints hold all of it.
    /// </summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="validation">Data that are not trained on; one pass each time.</param>
    /// <param name="options">Metric and patience; default: the loss, three epochs.</param>
    /// <exception cref="System.ComponentModel.DataAnnotations.ValidationException">An option is out of range.</exception>
    public static ContinualTrainer UseEarlyStopping(this ContinualTrainer trainer, IBatchSource validation, EarlyStoppingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(validation);
        var own = OptionsValidator.Validate(options ?? new EarlyStoppingOptions());
        var stopping = new EarlyStopping(trainer, Metric, own);
        trainer.RegisterForDispose(stopping);
        return trainer.UseObserver(stopping).UseMemory(stopping);

        double Metric()
        {
            var result = trainer.Evaluate(validation);
            return own.Metric == StoppingMetric.Loss
                ? result.Loss
                : result.Accuracy ?? throw new InvalidOperationException("The validation data have no accuracy, as their labels are no class ids: stop by the loss.");
        }
    }
}
