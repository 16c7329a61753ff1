using Zapping.Training.Data;
using Zapping.Training.Evaluation;
using Zapping.Training.Validation;
using static TorchSharp.torch;

namespace Zapping.Training.Diagnostics;

/// <summary>
/// What learning one task would do to others, at the present weights. The model is measured in eval mode, and afterwards it is bit for bit
/// as it was: weights, buffers, gradients, mode; optimizers are not involved.
/// </summary>
/// <threadsafety>Not while the model is trained on another thread.</threadsafety>
public static class Interference
{
    /// <summary>
    /// [tasks, tasks]: the cosine of the angle between the gradients of tasks i and j, from -1 to 1. Below 0, a small step on either
    /// raises the loss of the other, after Lopez-Paz and Ranzato, "Gradient episodic memory for continual learning" (NeurIPS 2017). NaN
    /// where a gradient is 0.
    /// </summary>
    /// <param name="model">Its parameters that require a gradient take part. Those of all tasks are held at once, in double precision.</param>
    /// <param name="tasks">Examples of each task, each taken as one batch: at least one task.</param>
    /// <param name="loss">Maps (outputs, labels) to a scalar; default: mean softmax cross-entropy.</param>
    /// <exception cref="ArgumentException">There is no task, one is no labeled batch, or nothing requires a gradient.</exception>
    public static TaskMatrix GradientCosines(
        nn.Module<Tensor, Tensor> model, IReadOnlyList<LabeledBatch> tasks, Func<Tensor, Tensor, Tensor>? loss = null)
    {
        using var measured = new LossProbe(model, loss);
        using var scope = NewDisposeScope();
        var gradients = stack(TaskBatches.Ensure(tasks).Select(measured.FlatGradient));
        var products = gradients.matmul(gradients.t()).cpu();
        var norms = products.diagonal().sqrt();
        return new TaskMatrix(Square(products / norms.outer(norms)));
    }

    /// <summary>
    /// [tasks, tasks]: by how much one step on task i changes the loss on task j, in units of the loss. Above 0 is interference, below 0 is
    /// transfer. To first order it is -learningRate times the inner product of both gradients.
    /// </summary>
    /// <param name="model">Its parameters that require a gradient move, and are given their values back.</param>
    /// <param name="tasks">Examples of each task, each taken as one batch: at least one task.</param>
    /// <param name="learningRate">Of plain gradient descent, finite and at least 0; small, for instance 0.001.</param>
    /// <param name="loss">Maps (outputs, labels) to a scalar; default: mean softmax cross-entropy.</param>
    /// <exception cref="ArgumentException">There is no task, one is no labeled batch, or nothing requires a gradient.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The learning rate is negative or not finite.</exception>
    public static TaskMatrix LossChanges(
        nn.Module<Tensor, Tensor> model, IReadOnlyList<LabeledBatch> tasks, double learningRate, Func<Tensor, Tensor, Tensor>? loss = null)
    {
        Guard.NonNegative(learningRate);
        using var measured = new LossProbe(model, loss);
        tasks = TaskBatches.Ensure(tasks);
        var before = tasks.Select(measured.Loss).ToArray();
        var changes = new double[tasks.Count, tasks.Count];
        for (var i = 0; i < tasks.Count; i++)
        {
            using var step = measured.Step(tasks[i], learningRate);
            for (var j = 0; j < tasks.Count; j++)
            {
                changes[i, j] = measured.Loss(tasks[j]) - before[j];
            }
        }

        return new TaskMatrix(changes);
    }

    private static double[,] Square(Tensor values)
    {
        var size = (int)values.size(0);
        var all = values.contiguous().data<double>().ToArray();
        var square = new double[size, size];
        Buffer.BlockCopy(all, 0, square, 0, sizeof(double) * all.Length);
        return square;
    }
}
