using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Zapping.Training.Optimizers;

/// <summary>What Adam and AdamW have in common; their state classes differ in name only.</summary>
internal static class FusedMoments
{
    /// <summary>Makes one step of a group of parameters.</summary>
    /// <param name="parameters">Those without a gradient stay as they are.</param>
    /// <param name="rule">What the group has been told.</param>
    /// <param name="read">What the optimizer remembers of a parameter.</param>
    /// <param name="count">Counts a parameter's step.</param>
    /// <param name="kernel">Adam's or AdamW's.</param>
    public static void Step(
        IEnumerable<Parameter> parameters,
        AdamRule rule,
        Func<Parameter, AdamMoments> read,
        Action<Parameter> count,
        Action<FusedBatch, long, AdamRule> kernel)
    {
        var batches = new FusedBatches<long>();
        foreach (var parameter in parameters)
        {
            if (parameter.grad is { } gradient)
            {
                var (steps, mean, square, largest) = read(parameter);
                batches.For(parameter, steps + 1).Add(parameter, gradient, rule.AmsGrad ? [mean, square, largest!] : [mean, square]);
                count(parameter);
            }
        }

        batches.Launch((batch, step) => kernel(batch, step, rule));
    }
}

/// <summary>The state of one parameter.</summary>
/// <param name="Steps">Steps made.</param>
/// <param name="Mean">exp_avg.</param>
/// <param name="Square">exp_avg_sq.</param>
/// <param name="Largest">max_exp_avg_sq, with amsgrad.</param>
internal readonly record struct AdamMoments(long Steps, Tensor Mean, Tensor Square, Tensor? Largest);

/// <summary>The numbers of Adam and AdamW, whose options are classes of their own with the same fields.</summary>
internal readonly record struct AdamRule(
    double LearningRate, double Beta1, double Beta2, double WeightDecay, double Epsilon, bool AmsGrad, bool Maximize);
