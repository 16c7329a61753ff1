using TorchSharp.Modules;
using Zapping.Plasticity;
using Zapping.Training.Optimizers;
using static TorchSharp.torch;

namespace Plasticity.Runs;

/// <summary>The two optimizers of the comparison.</summary>
internal sealed record OptimizerKind(string Name, Func<PlasticityProblem, double> Rate, Func<IEnumerable<Parameter>, double, optim.Optimizer> Make)
{
    /// <summary>Adam, and stochastic gradient descent without momentum.</summary>
    public static IReadOnlyList<OptimizerKind> All { get; } =
    [
        new("adam", problem => problem.AdamRate, (parameters, rate) => new FusedAdam(parameters, rate)),
        new("sgd", problem => problem.SgdRate, (parameters, rate) => new FusedSgd(parameters, rate)),
    ];
}
