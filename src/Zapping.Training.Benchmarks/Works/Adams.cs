using TorchSharp.Modules;
using Zapping.Training.Optimizers;
using static TorchSharp.torch;

namespace Zapping.Training.Benchmarks;

/// <summary>The implementations of Adam that there are.</summary>
internal static class Adams
{
    private const double LearningRate = 3e-3;

    /// <summary>The last one is what all works use; a new one goes to the end.</summary>
    public static IReadOnlyList<(string Name, Func<IEnumerable<Parameter>, optim.Optimizer> Make)> All { get; } =
    [
        ("TorchSharp's Adam", parameters => optim.Adam(parameters, LearningRate)),
        ("FusedAdam", parameters => new FusedAdam(parameters, LearningRate)),
    ];

    public static optim.Optimizer Create(IEnumerable<Parameter> parameters) => All[^1].Make(parameters);
}
