using FluentAssertions;
using Xunit;
using Zapping.Training.HiddenUnits;
using Zapping.Training.Policies;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static Zapping.Training.BoundaryKind;

namespace Zapping.Training.Tests.Policies;

/// <summary>Two policies that would replace units of one layer at one boundary are refused where they are asked for.</summary>
public sealed class UnitLayersTests : IDisposable
{
    private readonly DisposeScopeBox _scope = new();
    private readonly nn.Module<Tensor, Tensor> _net = Sequential(("one", Linear(3, 4)), ("relu1", ReLU()), ("two", Linear(4, 5)), ("relu2", ReLU()), ("head", Linear(5, 2)));
    private readonly optim.Optimizer _optimizer;
    private readonly ContinualTrainer _trainer;

    public UnitLayersTests()
    {
        _optimizer = optim.SGD(_net.parameters(), 0.1);
        _trainer = new ContinualTrainer(_net, _optimizer);
    }

    private static Tensor Example => ones(2, 3);

    public void Dispose()
    {
        _trainer.Dispose();
        _optimizer.Dispose();
        _net.Dispose();
        _scope.Dispose();
    }

    [Fact]
    public void Two_policies_of_the_same_layers_at_the_same_steps_are_refused_with_layers_and_ways_out()
    {
        _trainer.UseReDo(Example, new(StepBoundary) { Period = 4, Name = "dormant" });
        _trainer.Invoking(t => t.UseSelfNormalizedResets(Example, StepBoundary)).Should().Throw<ArgumentException>()
            .WithMessage("SelfNormalizedResetPolicy and 'dormant' would both replace units of 'one', 'two' at one StepBoundary*Take one of them*Layers*never coincide (From and Period)*");
        _trainer.Schedulers.Should().ContainSingle("the second is not there");
    }

    [Fact]
    public void Other_layers_other_boundaries_and_policies_that_replace_no_units_go_together()
    {
        _trainer.UseReDo(Example, new(StepBoundary) { Period = 4 }, options => options.Layers = name => name == "one")
            .UseContinualBackprop(Example, StepBoundary, options => options.Layers = name => name == "two")
            .UseReGraMa(Example, new(TaskBoundary) { SkipFirst = true })
            .UseFullReset(new ResetSchedule(StepBoundary) { Period = 100 })
            .UseShrinkAndPerturb(StepBoundary)
            .UseZapping(StepBoundary, options => options.Head = "head");
        _trainer.TrainStep(ones(2, 3), zeros(2, ScalarType.Int64));
    }

    [Theory]
    [InlineData(4, 0, 6, 1, false)] // 0, 4, 8 … and 1, 7, 13 …: even and odd
    [InlineData(4, 0, 6, 2, true)] // 8
    [InlineData(5, 3, 7, 0, true)]
    [InlineData(long.MaxValue, 0, long.MaxValue, 1, false)]
    public void Boundaries_that_can_coincide_are_told_by_their_periods(long period, long from, long otherPeriod, long otherFrom, bool meet)
    {
        var (one, other) = (new ResetSchedule(StepBoundary) { Period = period, From = from }, new ResetSchedule(StepBoundary) { Period = otherPeriod, From = otherFrom });
        one.Meets(other).Should().Be(meet);
        other.Meets(one).Should().Be(meet);
        one.Meets(other with { Every = EpochBoundary }).Should().BeFalse();
    }

    [Fact]
    public void One_that_has_ended_meets_none_that_begins_later()
    {
        var every = new ResetSchedule(StepBoundary);
        (every with { Until = 10 }).Meets(every with { From = 10 }).Should().BeFalse();
        (every with { Until = 11 }).Meets(every with { From = 10 }).Should().BeTrue();
        (every with { AtMost = 10 }).Meets(every with { From = 10 }).Should().BeFalse();
        (every with { AtMost = 10, SkipFirst = true }).Meets(every with { From = 10 }).Should().BeTrue();
        (every with { AtMost = long.MaxValue, Period = long.MaxValue }).Meets(every with { From = 10 }).Should().BeTrue();
    }

    [Fact]
    public void Policies_say_which_layers_they_replace_units_of()
    {
        using var policy = new ReDoPolicy(UnitGraph.Trace(_net, Example), new() { Layers = name => name == "two" });
        policy.UnitLayers.Should().Equal("two");
        ((IResetPolicy)new FullResetPolicy()).UnitLayers.Should().BeEmpty();
    }
}
