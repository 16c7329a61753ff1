using Zapping.Training.Parameters;
using static TorchSharp.torch;

namespace Zapping.Training.Conformance.Checks;

/// <summary>A reset that fails leaves everything as it was, and the next one goes as if it had not been tried.</summary>
internal static class FailureChecks
{
    /// <summary>The plan is complete, and something after it is refused.</summary>
    public static void RefusedResetChangesNothing(Bench bench)
    {
        var model = bench.Model();
        var optimizer = bench.Sgd(model);
        var policy = bench.Policy(model, OptimizerStateReset.Slice);
        var any = model.parameters().First();
        var refused = new DelegatePolicy(context =>
        {
            policy.Apply(context);
            context.Reset(any, ParameterSlice.Rows(checked((int)any.shape[0])), Initializer.Zeros());
        });
        EnsureNothingChanges(bench, new Attempt(model, optimizer, policy, bench.Scheduler(model, refused, [optimizer])), "a later rewrite");
    }

    /// <summary>Each of the writes that the policy plans is refused in turn, because no optimizer holds the parameter.</summary>
    public static void FailedApplyChangesNothing(Bench bench)
    {
        foreach (var name in PlannedParameters(bench))
        {
            var model = bench.Model();
            var stray = bench.Keep(nn.Linear(1, 1)); // so that the optimizer has a parameter if the model has but one
            var others = model.named_parameters().Where(p => p.name != name).Select(p => p.parameter);
            var optimizer = bench.Sgd(model, [.. others, .. stray.parameters()]);
            var policy = bench.Policy(model, OptimizerStateReset.Slice);
            EnsureNothingChanges(bench, new Attempt(model, optimizer, policy, bench.Scheduler(model, policy, [optimizer])), $"'{name}'");
        }
    }

    private static void EnsureNothingChanges(Bench bench, Attempt attempt, string refused)
    {
        bench.Prepare(attempt.Model);
        var (before, remembered) = (Snapshot.OfModel(attempt.Model), Snapshot.OfPolicy(attempt.Policy));
        var memory = Snapshot.OfOptimizer(attempt.Optimizer, attempt.Model);
        Exception? thrown = null;
        try
        {
            bench.Signal(attempt.Scheduler);
        }
        catch (Exception expected) when (expected is ArgumentException or InvalidOperationException)
        {
            thrown = expected;
        }

        if (thrown is null)
        {
            throw bench.Failure($"the write of {refused} is refused, but no exception came out: Apply must not catch what ResetContext throws.");
        }

        var problem = $"changed although the write of {refused} was refused, so that the reset failed: what the policy remembers changes in OnWritten, and all else by the plan";
        bench.EnsureSame(before, Snapshot.OfModel(attempt.Model), problem);
        bench.EnsureSame(memory, Snapshot.OfOptimizer(attempt.Optimizer, attempt.Model), problem);
        bench.EnsureSame(remembered, Snapshot.OfPolicy(attempt.Policy), problem);
        if (attempt.Scheduler.State != new ZapSchedulerState(0, 0))
        {
            throw bench.Failure($"the scheduler counts a reset that failed: {attempt.Scheduler.State}.");
        }

        EnsureNextIsAsTheFirst(bench, attempt, refused);
    }

    private static void EnsureNextIsAsTheFirst(Bench bench, Attempt attempt, string refused)
    {
        bench.Signal(bench.Scheduler(attempt.Model, attempt.Policy));

        var untried = bench.Model();
        var policy = bench.Policy(untried, OptimizerStateReset.Slice);
        bench.Reset(untried, bench.Scheduler(untried, policy));
        var problem = $"differs from a first reset after one that failed at {refused}: a policy must remember nothing of a reset that failed";
        bench.EnsureSame(Snapshot.OfPolicy(policy), Snapshot.OfPolicy(attempt.Policy), problem);
        bench.EnsureSame(Snapshot.OfModel(untried), Snapshot.OfModel(attempt.Model), problem);
    }

    private static List<string> PlannedParameters(Bench bench)
    {
        var model = bench.Model();
        var scheduler = bench.Scheduler(model, bench.Policy(model, OptimizerStateReset.Slice));
        var planned = new List<string>();
        scheduler.ResetCompleted += report => planned.AddRange(report.Parameters.Select(write => write.Parameter));
        bench.Reset(model, scheduler);
        return [.. planned.Intersect(model.named_parameters().Select(p => p.name), StringComparer.Ordinal)];
    }

    private sealed record Attempt(nn.Module<Tensor, Tensor> Model, optim.Optimizer Optimizer, IResetPolicy Policy, ZapScheduler Scheduler);
}
