using FluentAssertions;
using Xunit;
using Zapping.Training.Policies;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Policies.SelectiveWeights;

public sealed class SelectiveWeightPolicyTests
{
    // Utilities |g · w| are 0.104, 0.05, 0 and 0.069; their mean is 0.05575.
    [Theory]
    [InlineData(0.5, new[] { 2 })]
    [InlineData(1.0, new[] { 1, 2 })]
    [InlineData(0.0, new[] { 2 })]
    public void Weights_below_a_multiple_of_the_mean_utility_are_chosen(double factor, int[] chosen)
    {
        using var net = OneWeight.Linear(new[,] { { 0.52f, -0.05f, 0.9f, -0.23f } });
        OneWeight.Gradient(net, -0.2f, 1, 0, 0.3f);
        var before = OneWeight.Of(net);
        OneWeight.Apply(net, new SelectiveWeightPolicy(new() { Factor = factor }));
        Changed(before, OneWeight.Of(net)).Should().Equal(chosen);
    }

    [Fact]
    public void A_fraction_of_a_weight_is_a_weight_with_that_probability()
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        for (ulong seed = 0; seed < 400; seed++)
        {
            using var net = OneWeight.Linear(new[,] { { 0.52f, -0.05f, 0.9f, -0.23f } });
            OneWeight.Gradient(net, -0.2f, 1, 0, 0.3f);
            var before = OneWeight.Of(net);
            var policy = new SelectiveWeightPolicy(new() { Choice = WeightChoice.Proportional, Factor = 0.375 });
            ZapScheduler.ResetNow(net, [], policy, seed);
            var key = string.Join(' ', Changed(before, OneWeight.Of(net)));
            counts[key] = counts.GetValueOrDefault(key) + 1;
        }

        counts.Keys.Should().BeEquivalentTo("2", "1 2");
        counts["2"].Should().BeInRange(150, 250); // 200 ± 5 standard deviations of 10
    }

    [Fact]
    public void The_mean_of_magnitudes_chooses_the_same_weight_for_ever_as_published()
    {
        using var net = OneWeight.Linear(new[,] { { 0.4f, 0, 0.3f, 0.5f } });
        var policy = new SelectiveWeightPolicy(new() { Choice = WeightChoice.Proportional, Factor = 0.25, Fresh = FreshWeight.Mean });
        for (var step = 1; step <= 3; step++)
        {
            OneWeight.Gradient(net, 0.1f, 0.1f, 0.2f, 0.1f);
            using (no_grad())
            {
                net.parameters().Single().sub_(net.parameters().Single().grad! * 0.1);
            }

            OneWeight.Of(net)[1].Should().BeApproximately(-0.01f, 1e-7f, "it begins anew at 0 in each step");
            OneWeight.Apply(net, policy);
            OneWeight.Of(net)[1].Should().Be(0);
        }
    }

    [Fact]
    public void Without_gradients_nothing_is_written_and_a_dead_parameter_is_taken_whole_as_published()
    {
        using var net = OneWeight.Linear(new[,] { { 0.4f, 0.1f } });
        var before = OneWeight.Of(net);
        OneWeight.Apply(net, new SelectiveWeightPolicy());
        OneWeight.Of(net).Should().Equal(before);
        OneWeight.Gradient(net, 0, 0);
        OneWeight.Apply(net, new SelectiveWeightPolicy());
        Changed(before, OneWeight.Of(net)).Should().Equal(0, 1);
    }

    [Fact]
    public void The_optimizer_forgets_the_chosen_weights_alone()
    {
        using var scope = NewDisposeScope();
        using var net = OneWeight.Linear(new[,] { { 0.52f, -0.05f, 0.9f, -0.23f } });
        using var optimizer = optim.SGD(net.parameters(), 0.1, momentum: 0.9);
        OneWeight.Gradient(net, -0.2f, 1, 0.001f, 0.3f);
        optimizer.step();
        using (no_grad())
        {
            net.parameters().Single().copy_(tensor(new[,] { { 0.52f, -0.05f, 0.9f, -0.23f } }));
        }

        OneWeight.Apply(net, new SelectiveWeightPolicy(new() { Factor = 0.5 }), optimizer);
        var state = (TorchSharp.Modules.SGD.State)optimizer.state_dict().State[0];
        state.momentum_buffer!.reshape(-1).data<float>().ToArray().Should().Equal(-0.2f, 1, 0, 0.3f);
    }

    [Fact]
    public void A_share_above_one_is_refused_by_name() =>
        FluentActions.Invoking(() => new SelectiveWeightPolicy(new() { Choice = WeightChoice.Proportional, Factor = 1.5 })).Should().Throw<ArgumentException>().WithMessage("*Factor*share*1.5*");

    private static IEnumerable<int> Changed(float[] before, float[] after) =>
        Enumerable.Range(0, before.Length).Where(i => BitConverter.SingleToInt32Bits(before[i]) != BitConverter.SingleToInt32Bits(after[i]));
}
