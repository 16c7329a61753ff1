using Zapping.Training.Resets;

namespace Zapping.Training.Conformance.Checks;

/// <summary>Whether a policy writes by its plan alone.</summary>
internal static class PlanChecks
{
    /// <summary>Nothing changes while Apply runs, and OnWritten changes what the policy remembers only.</summary>
    public static void NothingOutsideThePlanIsWritten(Bench bench)
    {
        var model = bench.Model();
        var optimizer = bench.Adam(model);
        var policy = bench.Policy(model, OptimizerStateReset.Slice);
        Snapshot? planned = null;
        Snapshot? moments = null;
        var watched = new DelegatePolicy(context =>
        {
            context.OnWritten(() => (planned, moments) = (Snapshot.OfModel(model), Snapshot.OfOptimizer(optimizer, model))); // before the policy's own
            var (before, memory, remembered) = (Snapshot.OfModel(model), Snapshot.OfOptimizer(optimizer, model), Snapshot.OfPolicy(policy));
            policy.Apply(context);
            const string Early = "changed while Apply ran: it plans writes by ResetContext, and what the policy remembers changes in OnWritten";
            bench.EnsureSame(before, Snapshot.OfModel(model), Early);
            bench.EnsureSame(memory, Snapshot.OfOptimizer(optimizer, model), Early);
            bench.EnsureSame(remembered, Snapshot.OfPolicy(policy), Early);
        });

        bench.Reset(model, bench.Scheduler(model, watched, [optimizer]));

        const string Late = "changed after the plan was written: OnWritten is for what the policy remembers, and writes nothing of the model or its optimizers";
        bench.EnsureSame(planned!, Snapshot.OfModel(model), Late);
        bench.EnsureSame(moments!, Snapshot.OfOptimizer(optimizer, model), Late);
    }
}

/// <summary>A policy given as a function.</summary>
internal sealed class DelegatePolicy(Action<ResetContext> apply) : IResetPolicy
{
    public void Apply(ResetContext context) => apply(context);
}
