using Zapping.Training.Data;
using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training.Diagnostics;

/// <summary>
/// How much each update lowers the loss of its own batch: <c>clip(1 - L(theta_(t+1); x_t, y_t) / max(L(theta_t; x_t, y_t), 1e-8), 0, 1)</c>, after Elsayed and Mahmood, "Addressing Loss of Plasticity and
/// Catastrophic Forgetting in Continual Learning" (ICLR 2024). A network that has lost its plasticity stays near 0.
/// <code>
/// var meter = new PlasticityMeter();
/// using var trainer = new ContinualTrainer(model, optimizer).UsePlasticityMeter(meter);
/// trainer.Fit(…);
/// Console.WriteLine(meter.Mean);
/// </code>
/// </summary>
/// <remarks>
/// It grows with the learning rate: compare methods at one rate, and never rates by it. Both losses are the trainer's own without its terms. The second costs a forward pass a step, made in the model's mode; it leaves
/// buffers such as running statistics, the CPU's global generator and what policies gather as they were, and draws noise such as dropout's anew.
/// </remarks>
public sealed class PlasticityMeter
{
    private const double SmallestLoss = 1e-8;

    private double _sum;

    /// <summary>How many steps have been measured since the beginning or since <see cref="Reset"/>.</summary>
    public long Steps { get; private set; }

    /// <summary>Of the last step, from 0 to 1; NaN before the first.</summary>
    public double Last { get; private set; } = double.NaN;

    /// <summary>Mean of the steps since the beginning or since <see cref="Reset"/>, from 0 to 1; NaN of none.</summary>
    public double Mean => _sum / Steps;

    /// <summary>Begins anew, as with a task.</summary>
    public void Reset() => (_sum, Steps, Last) = (0, 0, double.NaN);

    /// <summary>The plasticity of one step.</summary>
    /// <param name="before">Loss of the batch before the update, at least 0.</param>
    /// <param name="after">Loss of the same batch after it, at least 0.</param>
    /// <returns>From 0 (the loss has not fallen) to 1 (it is 0).</returns>
    public static double Of(double before, double after) => Math.Clamp(1 - (after / Math.Max(before, SmallestLoss)), 0, 1);

    internal void Measure(nn.Module<Tensor, Tensor> model, Func<Tensor, Tensor, Tensor> loss, LabeledBatch batch, Tensor outputs)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        using var unwatched = HiddenUnits.ActivationProbe.Pause();
        using var noise = new Randomness.RandomStateScope();
        using var buffers = new BufferScope(model);
        Last = Of(Value(outputs), Value(model.call(batch.Inputs)));
        _sum += Last;
        Steps++;

        double Value(Tensor own) => loss(own, batch.Labels).to(ScalarType.Float64).item<double>();
    }
}
