using Zapping.Training.Data;
using Zapping.Training.Native;
using Zapping.Training.Steps;
using Zapping.Training.Torch;
using Zapping.Training.Validation;
using static TorchSharp.torch;

namespace Zapping.Training.Evaluation;

/// <summary>
/// Says how good a model is on data: mean loss, accuracy, top-k and per-class accuracy, confusion matrix and metrics of your own. In eval mode and without gradients; modes and
/// buffers are given back, and nothing of the model is changed.
/// <code>
/// var result = trainer.Evaluate(testInputs, testLabels, new() { TopK = [5] });
/// Console.WriteLine(result);
/// </code>
/// </summary>
/// <remarks>
/// A class that has no unit yet, as before a head grows, is a miss, and its examples have no loss. On a GPU the host waits at the end and not for each batch; only where a class
/// has no unit are the data looked at a second time. Not while another thread trains the model: see <c>Zapping.Training.Serving</c> for predictions meanwhile.
/// </remarks>
public static class ModelEvaluation
{
    /// <summary>Evaluates a model on one pass over data: epoch 0 of a source.</summary>
    /// <param name="model">Maps inputs [n, …] to outputs, [n, units] for accuracies.</param>
    /// <param name="source">Of at least one batch, on the model's device.</param>
    /// <param name="options">What is measured; default: see there.</param>
    /// <exception cref="ArgumentException">An option is invalid, the loss does not take the data, a label is negative, or there is no example.</exception>
    /// <exception cref="InvalidOperationException">A loss or a metric is no scalar, or batches differ in kind.</exception>
    public static EvaluationResult Evaluate(this nn.Module<Tensor, Tensor> model, IBatchSource source, EvaluationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(source);
        return Evaluate(model, () => BatchReader<LabeledBatch>.All(source, 0), Checked(options, ClassLoss.CrossEntropy));
    }

    /// <summary>Evaluates a model on examples that are in memory.</summary>
    /// <param name="model">Maps inputs [n, …] to outputs, [n, units] for accuracies.</param>
    /// <param name="examples">[n, …] inputs and labels, n at least 1, on the model's device; taken in parts of <see cref="EvaluationOptions.BatchSize"/>.</param>
    /// <param name="options">What is measured; default: see there.</param>
    /// <inheritdoc cref="Evaluate(nn.Module{Tensor, Tensor}, IBatchSource, EvaluationOptions?)" path="/exception"/>
    public static EvaluationResult Evaluate(this nn.Module<Tensor, Tensor> model, LabeledBatch examples, EvaluationOptions? options = null) =>
        Evaluate(model, examples.Inputs, examples.Labels, options);

    /// <summary>Evaluates a model on examples that are in memory.</summary>
    /// <param name="model">Maps inputs [n, …] to outputs, [n, units] for accuracies.</param>
    /// <param name="inputs">[n, …], n at least 1, on the model's device; taken in parts of <see cref="EvaluationOptions.BatchSize"/>.</param>
    /// <param name="labels">[n] class ids, or [n, …] of what the loss takes.</param>
    /// <param name="options">What is measured; default: see there.</param>
    /// <inheritdoc cref="Evaluate(nn.Module{Tensor, Tensor}, IBatchSource, EvaluationOptions?)" path="/exception"/>
    public static EvaluationResult Evaluate(this nn.Module<Tensor, Tensor> model, Tensor inputs, Tensor labels, EvaluationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        var examples = Checked(inputs, labels);
        options = Checked(options, ClassLoss.CrossEntropy);
        return Evaluate(model, () => Parts(examples, options.BatchSize), options);
    }

    /// <summary>Evaluates the model of a trainer, by the trainer's loss, on one pass over data: epoch 0 of a source.</summary>
    /// <param name="trainer">On its own thread, as between two calls of <c>Fit</c>, or in an observer.</param>
    /// <param name="source">Of at least one batch, on the model's device.</param>
    /// <param name="options">What is measured; default: see there.</param>
    /// <inheritdoc cref="Evaluate(nn.Module{Tensor, Tensor}, IBatchSource, EvaluationOptions?)" path="/exception"/>
    public static EvaluationResult Evaluate(this ContinualTrainer trainer, IBatchSource source, EvaluationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        return trainer.Model.Evaluate(source, Checked(options, options?.Loss ?? trainer.Loss));
    }

    /// <summary>Evaluates the model of a trainer, by the trainer's loss, on examples that are in memory.</summary>
    /// <param name="trainer">On its own thread, as between two calls of <c>Fit</c>, or in an observer.</param>
    /// <param name="examples">[n, …] inputs and labels, n at least 1, on the model's device; taken in parts of <see cref="EvaluationOptions.BatchSize"/>.</param>
    /// <param name="options">What is measured; default: see there.</param>
    /// <inheritdoc cref="Evaluate(nn.Module{Tensor, Tensor}, IBatchSource, EvaluationOptions?)" path="/exception"/>
    public static EvaluationResult Evaluate(this ContinualTrainer trainer, LabeledBatch examples, EvaluationOptions? options = null) =>
        Evaluate(trainer, examples.Inputs, examples.Labels, options);

    /// <summary>Evaluates the model of a trainer, by the trainer's loss, on examples that are in memory.</summary>
    /// <param name="trainer">On its own thread, as between two calls of <c>Fit</c>, or in an observer.</param>
    /// <param name="inputs">[n, …], n at least 1, on the model's device; taken in parts of <see cref="EvaluationOptions.BatchSize"/>.</param>
    /// <param name="labels">[n] class ids, or [n, …] of what the loss takes.</param>
    /// <param name="options">What is measured; default: see there.</param>
    /// <inheritdoc cref="Evaluate(nn.Module{Tensor, Tensor}, IBatchSource, EvaluationOptions?)" path="/exception"/>
    public static EvaluationResult Evaluate(this ContinualTrainer trainer, Tensor inputs, Tensor labels, EvaluationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        return trainer.Model.Evaluate(inputs, labels, Checked(options, options?.Loss ?? trainer.Loss));
    }

    /// <summary>Measures; the model is in eval mode, and gradients are switched off.</summary>
    /// <param name="forward">Maps inputs to outputs.</param>
    /// <param name="batches">The same ones each time.</param>
    /// <param name="options">Checked, with a loss.</param>
    /// <param name="areClasses">Whether targets that are no class ids are refused.</param>
    /// <param name="separates">Whether classes without a unit are looked for batch by batch; default: on the CPU.</param>
    internal static EvaluationResult Measure(
        Func<Tensor, Tensor> forward, Func<IEnumerable<LabeledBatch>> batches, EvaluationOptions options, bool areClasses = false, bool? separates = null)
    {
        using var measurement = new Measurement(options, areClasses, separates);
        Pass(forward, batches(), measurement);
        if (!measurement.MustSeparate())
        {
            return measurement.Read();
        }

        using var separate = new Measurement(options, areClasses, separates: true);
        Pass(forward, batches(), separate);
        return separate.Read();
    }

    /// <summary>Examples in their order; the last part may be smaller.</summary>
    internal static IEnumerable<LabeledBatch> Parts(LabeledBatch examples, int size)
    {
        var count = examples.Inputs.size(0);
        for (long start = 0; start < count; start += size)
        {
            var length = Math.Min(size, count - start);
            yield return new LabeledBatch(examples.Inputs.narrow(0, start, length), examples.Labels.narrow(0, start, length));
        }
    }

    private static EvaluationResult Evaluate(nn.Module<Tensor, Tensor> model, Func<IEnumerable<LabeledBatch>> batches, EvaluationOptions options)
    {
        using var noGrad = no_grad();
        using var buffers = new BufferScope(model);
        using var mode = new EvalModeScope(model);
        return Measure(model.call, batches, options);
    }

    // A batch belongs to the scope in which it is asked for.
    private static void Pass(Func<Tensor, Tensor> forward, IEnumerable<LabeledBatch> batches, Measurement measurement)
    {
        using var enumerator = batches.GetEnumerator();
        while (true)
        {
            using var scope = NewDisposeScope();
            if (!enumerator.MoveNext())
            {
                return;
            }

            measurement.Add(forward(enumerator.Current.Inputs), enumerator.Current.Labels);
        }
    }

    private static EvaluationOptions Checked(EvaluationOptions? options, Func<Tensor, Tensor, Tensor> loss)
    {
        options = OptionsValidator.Validate(options ?? new EvaluationOptions());
        foreach (var k in options.TopK)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k, nameof(EvaluationOptions.TopK));
        }

        return options with { Loss = options.Loss ?? loss };
    }

    private static LabeledBatch Checked(Tensor inputs, Tensor labels)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(labels);
        return inputs.dim() > 0 && labels.dim() > 0 && inputs.size(0) == labels.size(0) && inputs.size(0) > 0
            ? new LabeledBatch(inputs, labels)
            : throw new ArgumentException(
                $"Inputs [{string.Join(", ", inputs.shape)}] and labels [{string.Join(", ", labels.shape)}] must be [n, …] with one n of at least 1.", nameof(labels));
    }
}
