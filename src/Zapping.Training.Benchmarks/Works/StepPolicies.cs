using Zapping.Models;
using Zapping.Training.Parameters;
using Zapping.Training.Penalties;
using Zapping.Training.Policies;
using Zapping.Training.UpdateRules;
using static TorchSharp.torch;

namespace Zapping.Training.Benchmarks;

/// <summary>What does something at each step of training: resets, penalties and an update rule.</summary>
internal static class StepPolicies
{
    private const double Strength = 1e-4;

    /// <summary>By name; each tells a trainer, which gets an example of the inputs.</summary>
    public static IReadOnlyDictionary<string, Action<ContinualTrainer, Tensor>> All { get; } =
        new Dictionary<string, Action<ContinualTrainer, Tensor>>(StringComparer.Ordinal)
        {
            ["self-normalized resets"] = (trainer, example) => trainer.UseSelfNormalizedResets(
                example, BoundaryKind.StepBoundary, resets => resets.IsNormalization = IsNormalization),
            ["continual backpropagation"] = (trainer, example) => trainer.UseContinualBackprop(
                example, BoundaryKind.StepBoundary, backprop => backprop.IsNormalization = IsNormalization),
            ["weight clipping"] = (trainer, _) => trainer.UseWeightClipping(BoundaryKind.StepBoundary, clipping => clipping.Parameters = Matrices(trainer.Model)),
            ["norm projection"] = (trainer, _) => trainer.UseNormProjection(BoundaryKind.StepBoundary),
            ["norm projection, soft"] = (trainer, _) => trainer.UseNormProjection(BoundaryKind.StepBoundary, projection => projection.Strength = 0.1),
            ["UPGD"] = (trainer, _) => trainer.UseUpgd(),
            ["Parseval penalty"] = (trainer, _) => trainer.UseLoss(new ParsevalPenalty(trainer.Model, Strength)),
            ["spectral penalty"] = (trainer, _) => UseSpectral(trainer),
            ["hare and tortoise"] = (trainer, _) => trainer.UseHareAndTortoise(BoundaryKind.StepBoundary),
            ["shrink and perturb"] = (trainer, _) => trainer.UseShrinkAndPerturb(
                BoundaryKind.StepBoundary, shrinking => (shrinking.Shrink, shrinking.Perturb, shrinking.Parameters) = (1 - 1e-6, 1e-6, Matrices(trainer.Model))),
            ["L2 Init"] = (trainer, _) => UseL2Init(trainer),
        };

    private static void UseSpectral(ContinualTrainer trainer)
    {
        var penalty = new SpectralPenalty(trainer.Model, Strength);
        trainer.RegisterForDispose(penalty);
        trainer.UseMemory(penalty).UseLoss(penalty);
    }

    private static void UseL2Init(ContinualTrainer trainer)
    {
        var penalty = new L2InitPenalty(trainer.Model, Strength);
        trainer.RegisterForDispose(penalty);
        trainer.UseLoss(penalty);
    }

    // How the paper's own normalization begins is not known to the library.
    private static ParameterFilter Matrices(nn.Module model)
    {
        var names = model.named_parameters().Where(own => own.parameter.dim() > 1).Select(own => own.name).ToHashSet(StringComparer.Ordinal);
        return ParameterFilter.Where(names.Contains);
    }

    private static bool IsNormalization(nn.Module module) => module is InstanceNorm;
}
