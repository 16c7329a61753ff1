using FluentAssertions;
using Xunit;
using Zapping.Training.Parameters;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Policies.ShrinkAndPerturb;

public sealed class TowardTests
{
    [Fact]
    public void A_snapshot_takes_the_place_of_fresh_values_and_a_description_tells_it_from_another()
    {
        using var net = OneWeight.Linear(new float[,] { { 2, -1 } });
        using var start = ParameterSnapshot.Capture(net);
        using (no_grad())
        {
            net.parameters().Single().add_(4);
        }

        var policy = new ShrinkAndPerturbPolicy(new() { Shrink = 0.75, Perturb = 0.25, Toward = start });
        OneWeight.Apply(net, policy);
        OneWeight.Of(net).Should().Equal(5, 2); // 0.75 · (6, 3) + 0.25 · (2, -1)
        policy.Description["toward"].Should().Be($"snapshot of 1 parameters, L2 norm {Math.Sqrt(5):r}");
    }
}
