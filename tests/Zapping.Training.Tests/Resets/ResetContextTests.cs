using FluentAssertions;
using Xunit;
using Zapping.Training.Parameters;
using Zapping.Training.Resets;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Resets;

public sealed class ResetContextTests
{
    [Fact]
    public void A_policy_that_throws_after_planning_writes_nothing()
    {
        using var net = Nets.Small();
        Unchanged<InvalidOperationException>(net, new WritePolicy(context =>
        {
            context.Reset(Nets.HeadOf(net).weight, ParameterSlice.All, Initializer.Zeros());
            throw new InvalidOperationException("the policy's own");
        })).WithMessage("the policy's own");
    }

    [Fact]
    public void A_rewriter_that_throws_undoes_the_ones_before_it()
    {
        using var net = Nets.Small();
        Unchanged<FormatException>(net, new WritePolicy(context =>
        {
            context.Reset(Nets.HeadOf(net).weight, ParameterSlice.All, Initializer.Zeros(), OptimizerStateReset.Parameter);
            context.Reset(Nets.HeadOf(net).bias!, ParameterSlice.All, new GivenRewriter(_ => throw new FormatException("no")));
        }));
    }

    [Fact]
    public void Signaling_from_within_a_policy_is_refused()
    {
        using var net = Nets.Small();
        var inner = Nets.Scheduler(net, new ShrinkAndPerturbPolicy());
        Unchanged<InvalidOperationException>(net, new WritePolicy(_ => inner.Signal(BoundaryKind.ClassBoundary)))
            .WithMessage("*already running*");
        inner.Signal(BoundaryKind.ClassBoundary).Should().BeTrue("the gate is open again");
    }

    [Fact]
    public async Task A_second_thread_is_refused_while_a_reset_runs()
    {
        using var net = Nets.Small();
        var second = Nets.Scheduler(net, new ShrinkAndPerturbPolicy());
        Exception? refusal = null;
        Nets.Scheduler(net, new WritePolicy(_ =>
        {
            var thread = new Thread(() => refusal = Record.Exception(() => second.Signal(BoundaryKind.ClassBoundary)));
            thread.Start();
            thread.Join();
        })).Signal(BoundaryKind.ClassBoundary);
        refusal.Should().BeOfType<InvalidOperationException>().Which.Message.Should().Contain("two threads");
        await Task.CompletedTask;
    }

    [Fact]
    public void Another_model_may_be_reset_at_the_same_time()
    {
        using var net = Nets.Small();
        using var other = Nets.Small();
        Nets.Scheduler(net, new WritePolicy(_ => Nets.Zap(other).Should().BeTrue())).Signal(BoundaryKind.ClassBoundary).Should().BeTrue();
    }

    [Fact]
    public void A_context_that_was_kept_is_of_no_use()
    {
        using var net = Nets.Small();
        ResetContext? kept = null;
        Nets.Scheduler(net, new WritePolicy(context => kept = context)).Signal(BoundaryKind.ClassBoundary);
        var before = Nets.Bits(net);
        kept!.Invoking(c => c.Reset(Nets.HeadOf(net).weight, ParameterSlice.All, Initializer.Zeros()))
            .Should().Throw<InvalidOperationException>().WithMessage("*valid only while*");
        Nets.Bits(net).Should().BeEquivalentTo(before);
    }

    [Fact]
    public void A_context_belongs_to_its_thread()
    {
        using var net = Nets.Small();
        Exception? refusal = null;
        Nets.Scheduler(net, new WritePolicy(context =>
        {
            var thread = new Thread(() => refusal = Record.Exception(
                () => context.Reset(Nets.HeadOf(net).weight, ParameterSlice.All, Initializer.Zeros())));
            thread.Start();
            thread.Join();
        })).Signal(BoundaryKind.ClassBoundary);
        refusal.Should().BeOfType<InvalidOperationException>().Which.Message.Should().Contain("belongs to the thread");
    }

    [Fact]
    public void Two_rewrites_of_one_reset_draw_different_noise_for_different_parameters()
    {
        using var net = Nets.Small();
        var seen = new List<float[]>();
        var collect = new GivenRewriter(target => seen.Add(target.Noise.Normal(target.Values).data<float>().ToArray()));
        Nets.Scheduler(net, new WritePolicy(context =>
        {
            context.Reset(Nets.HeadOf(net).bias!, ParameterSlice.Rows(0, 1, 2, 3), collect);
            context.Reset(net.get_parameter("body.bias")!, ParameterSlice.Rows(0, 1, 2, 3), collect);
        })).Signal(BoundaryKind.ClassBoundary);
        seen.Should().HaveCount(2);
        seen[0].Should().NotEqual(seen[1]);
    }

    [Fact]
    public void The_report_tells_what_was_done()
    {
        using var net = Nets.Small();
        var head = Nets.HeadOf(net);
        var policy = WritePolicy.Of(() => head.weight, ParameterSlice.Rows(1, 4), Initializer.Constant(2), OptimizerStateReset.Slice);
        var scheduler = Nets.Scheduler(net, policy);
        ResetReport? report = null;
        scheduler.ResetCompleted += r => report = r;
        var before = head.weight.detach().index_select(0, tensor(new long[] { 1, 4 })).norm().item<float>();

        scheduler.Signal(TrainingBoundary.Class(17, 3));

        report!.Boundary.Should().BeEquivalentTo(TrainingBoundary.Class(17, 3));
        report.Ordinal.Should().Be(0);
        report.Policy.Should().Be(nameof(WritePolicy));
        report.Elapsed.Should().BePositive();
        var rewrite = report.Parameters.Should().ContainSingle().Subject;
        rewrite.Parameter.Should().Be("head.weight");
        rewrite.Entries.Should().Be(10);
        rewrite.NormBefore.Should().BeApproximately(before, 1e-6);
        rewrite.NormAfter.Should().BeApproximately(Math.Sqrt(10 * 4), 1e-6);
        rewrite.OptimizerState.Should().Be(OptimizerStateReset.Slice);
    }

    [Fact]
    public void Buffers_are_written_with_the_rest_or_not_at_all_and_what_a_policy_remembers_comes_last()
    {
        using var net = nn.Sequential(("norm", nn.BatchNorm1d(3)), ("head", nn.Linear(3, 2)));
        var norm = (TorchSharp.Modules.BatchNorm1d)net[0];
        using (no_grad())
        {
            norm.running_mean!.fill_(5);
            norm.num_batches_tracked!.fill_(9);
        }

        var told = new List<float>();
        void Plan(ResetContext context)
        {
            context.OnWritten(() => told.Add(norm.running_mean![1].item<float>()));
            context.ResetBuffer(norm, "running_mean", ParameterSlice.Rows(1), 0.5);
            context.ResetBuffer(norm, "num_batches_tracked", ParameterSlice.All, 0);
            norm.running_mean![1].item<float>().Should().Be(5, "writing comes when the policy has returned");
        }

        var failing = new WritePolicy(context =>
        {
            Plan(context);
            context.Reset(norm.weight!, ParameterSlice.All, new GivenRewriter(_ => throw new FormatException("no")));
        });
        Nets.Scheduler(net, failing).Invoking(s => s.Signal(BoundaryKind.ClassBoundary)).Should().Throw<FormatException>();
        told.Should().BeEmpty();
        norm.running_mean!.data<float>().ToArray().Should().Equal(5, 5, 5);

        var scheduler = Nets.Scheduler(net, new WritePolicy(Plan));
        ResetReport? report = null;
        scheduler.ResetCompleted += made => report = made;
        scheduler.Signal(BoundaryKind.ClassBoundary).Should().BeTrue();
        told.Should().Equal(0.5f);
        norm.running_mean!.data<float>().ToArray().Should().Equal(5, 0.5f, 5);
        norm.num_batches_tracked!.item<long>().Should().Be(0);
        report!.Parameters.Select(r => (r.Parameter, r.NormBefore, r.NormAfter)).Should().Equal(
            ("norm.running_mean", 5, 0.5), ("norm.num_batches_tracked", 9, 0));
    }

    [Fact]
    public void Buffers_that_are_not_there_are_refused()
    {
        using var net = nn.Sequential(("norm", nn.BatchNorm1d(3)), ("head", nn.Linear(3, 2)));
        var norm = (nn.Module)net[0];
        using var stranger = nn.BatchNorm1d(3);
        void Refused<TException>(nn.Module module, string buffer, ParameterSlice slice, double value, string message)
            where TException : Exception => Nets.Scheduler(net, new WritePolicy(context => context.ResetBuffer(module, buffer, slice, value)))
            .Invoking(s => s.Signal(BoundaryKind.ClassBoundary)).Should().Throw<TException>().WithMessage(message);

        Refused<ArgumentException>(norm, "running_mode", ParameterSlice.All, 0, "'norm' (BatchNorm1d) has no buffer 'running_mode'.*");
        Refused<ArgumentException>(stranger, "running_mean", ParameterSlice.All, 0, "The module BatchNorm1d does not belong to the model *");
        Refused<ArgumentOutOfRangeException>(norm, "running_mean", ParameterSlice.Rows(3), 0, "*'norm.running_mean' of shape [3] has no row 3*");
        Refused<ArgumentOutOfRangeException>(norm, "running_mean", ParameterSlice.All, double.NaN, "*must be finite*");
    }

    private static FluentAssertions.Specialized.ExceptionAssertions<TException> Unchanged<TException>(nn.Module<Tensor, Tensor> net, IResetPolicy policy)
        where TException : Exception
    {
        using var optimizer = optim.Adam(net.parameters());
        Nets.Step(net, optimizer);
        var before = Nets.Bits(net);
        var steps = optimizer.state_dict().State.Cast<TorchSharp.Modules.Adam.State>().Select(s => s.step).ToList();
        var scheduler = Nets.Scheduler(net, policy, [optimizer]);

        var thrown = scheduler.Invoking(s => s.Signal(BoundaryKind.ClassBoundary)).Should().Throw<TException>();

        Nets.Bits(net).Should().BeEquivalentTo(before);
        optimizer.state_dict().State.Cast<TorchSharp.Modules.Adam.State>().Select(s => s.step).Should().Equal(steps);
        scheduler.State.Should().Be(new ZapSchedulerState(0, 0));
        return thrown;
    }
}
