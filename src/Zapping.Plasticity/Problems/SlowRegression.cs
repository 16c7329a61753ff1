using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Plasticity.Problems;

/// <summary>
/// Slowly-changing regression: of 20 input bits 15 stay for a task of 10,000 steps and are drawn anew for the next, and 5 are drawn at each step. The target is a fixed network of 100 threshold units, the learner
/// one of 5 ReLU units, so that it has to follow the inputs. One example a step; what is measured is the squared error before its update. A short form of the problem of Dohare et al. 2024, whose runs have 100 tasks.
/// </summary>
/// <remarks>The released configuration draws all 15 bits anew, where the text flips one; published curves are likely those of all 15.</remarks>
public sealed class SlowRegression() : PlasticityProblem("slow-regression", "15 of 20 input bits are drawn anew; the target stays", tasks: 20)
{
    private const int Bits = 20;
    private const int SlowBits = 15;
    private const int Steps = 10_000;
    private const int TargetUnits = 100;
    private const int HiddenUnits = 5;
    private const double Threshold = 0.7;

    /// <inheritdoc/>
    public override int StepsPerTask => Steps;

    /// <inheritdoc/>
    public override PlasticityMeasure Measure => PlasticityMeasure.OnlineLoss;

    /// <inheritdoc/>
    public override double AdamRate => 0.01;

    /// <inheritdoc/>
    public override double SgdRate => 0.01;

    /// <inheritdoc/>
    internal override Func<Tensor, Tensor, Tensor>? Loss => (outputs, labels) => functional.mse_loss(outputs, labels);

    /// <inheritdoc/>
    public override PlasticityTask Task(ulong seed, int index)
    {
        var slow = Draws.Numbers(SlowBits, 2, seed, "slow bits", index).to(ScalarType.Float32).expand(Steps, SlowBits);
        var fast = Draws.Numbers(Steps * (Bits - SlowBits), 2, seed, "fast bits", index).to(ScalarType.Float32).reshape(Steps, Bits - SlowBits);
        var inputs = cat([slow, fast], 1);
        var signs = Signs((TargetUnits * (Bits + 2)) + 1, seed);
        var weights = signs.narrow(0, 0, TargetUnits * Bits).reshape(TargetUnits, Bits);
        var biases = signs.narrow(0, TargetUnits * Bits, TargetUnits);
        var outputs = signs.narrow(0, TargetUnits * (Bits + 1), TargetUnits);
        return new(inputs, Target(inputs, weights, biases, outputs, signs[^1]), BatchSize: 1, Epochs: 1);
    }

    /// <summary>c + sum of v_j where w_j · x + b_j is above tau_j = 0.7 (m + 1) - S_j, with S_j = (m - sum of w_j + b_j) / 2.</summary>
    /// <param name="inputs">[n, m] bits.</param>
    /// <param name="weights">[k, m]: w, each -1 or 1.</param>
    /// <param name="biases">[k]: b, likewise.</param>
    /// <param name="outputs">[k]: v, likewise.</param>
    /// <param name="constant">c, likewise.</param>
    /// <returns>[n, 1].</returns>
    internal static Tensor Target(Tensor inputs, Tensor weights, Tensor biases, Tensor outputs, Tensor constant)
    {
        var bits = weights.size(1);
        var levels = (bits - weights.sum(1) + biases) / 2;
        var fires = (mm(inputs, weights.t()) + biases).gt((Threshold * (bits + 1)) - levels).to(ScalarType.Float32);
        return mm(fires, outputs.unsqueeze(1)) + constant;
    }

    private protected override Sequential Build() => Sequential(("hidden1", Linear(Bits, HiddenUnits)), ("relu1", ReLU()), ("head", Linear(HiddenUnits, 1)));

    // Kaiming's uniform, for the hidden layer with the gain of ReLU, and biases of 0, as published.
    private protected override void Initialize(Sequential model, ulong seed)
    {
        base.Initialize(model, seed); // U(±1/sqrt(fan-in))
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (name, parameter) in model.named_parameters())
        {
            using Scalar factor = name.EndsWith("bias", StringComparison.Ordinal) ? 0 : Math.Sqrt(name.StartsWith("head", StringComparison.Ordinal) ? 3 : 6);
            parameter.mul_(factor);
        }
    }

    private static Tensor Signs(long count, ulong seed) => (Draws.Numbers(count, 2, seed, "target", 0).to(ScalarType.Float32) * 2) - 1;
}
