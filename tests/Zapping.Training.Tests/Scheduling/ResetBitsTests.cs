using System.Security.Cryptography;
using FluentAssertions;
using Xunit;
using Zapping.Training.HiddenUnits;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Scheduling;

/// <summary>
/// The bits of resets, which a seed stands for on every machine and in every version that does not say otherwise. The hashes were made by the library as it was before its
/// files, types and namespaces got the names that they have now.
/// </summary>
public sealed class ResetBitsTests
{
    private static readonly Dictionary<string, (BoundaryKind Every, Func<Module<Tensor, Tensor>, IResetPolicy> Policy)> Resets = new(StringComparer.Ordinal)
    {
        ["classes"] = (BoundaryKind.TaskBoundary, _ => Zap(UnitSelection.BoundaryClasses, Initializer.KaimingNormal(), BiasReset.Keep)),
        ["published"] = (BoundaryKind.EpochBoundary, _ => new ZapPolicy(ZapOptions.Published with { Head = "head" })),
        ["recommended"] = (BoundaryKind.EpochBoundary, _ => new ZapPolicy(ZapOptions.Recommended with { Head = "head", OptimizerState = OptimizerStateReset.Keep })),
        ["random"] = (BoundaryKind.StepBoundary, _ => Zap(UnitSelection.Random(4), Initializer.XavierUniform(), BiasReset.Redraw)),
        ["later"] = (BoundaryKind.EpochBoundary, net => new LaterLayerForgettingPolicy(net, zeros(1, 6), new() { Layers = LayerRange.Last(2), OptimizerState = OptimizerStateReset.Keep })),
    };

    [Theory]
    [InlineData("classes", "B7151E9FABE61A2A")]
    [InlineData("published", "A16BB1F551C942F6")]
    [InlineData("recommended", "D398A75BB41F1F2A")]
    [InlineData("random", "DFF322BC8B1D97FD")]
    [InlineData("later", "1303F11C2BDBC866")]
    public void A_seed_stands_for_the_same_bits_as_ever(string reset, string hash)
    {
        using var scope = NewDisposeScope();
        using var net = Sequential(("body", Linear(6, 16)), ("relu", ReLU()), ("head", Linear(16, 10)));
        using (no_grad())
        {
            foreach (var parameter in net.parameters())
            {
                parameter.copy_(arange(parameter.numel()).reshape(parameter.shape));
            }
        }

        var (every, policy) = Resets[reset];
        var scheduler = new ZapScheduler(net, [], policy(net), new ResetSchedule(every) { Seed = 11 });
        for (var i = 0; i < 3; i++)
        {
            scheduler.Signal(every, every == BoundaryKind.TaskBoundary ? [3, 5] : []);
        }

        Convert.ToHexString(SHA256.HashData(net.parameters().SelectMany(parameter => parameter.bytes.ToArray()).ToArray()))[..16].Should().Be(hash);
    }

    private static ZapPolicy Zap(UnitSelection units, Initializer weights, BiasReset bias) => new(new ZapOptions { Head = "head", Units = units, Weights = weights, Bias = bias });
}
