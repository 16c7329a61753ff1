using Zapping.Training.Checkpoints;
using static TorchSharp.torch;

namespace Zapping.Training.Conformance.Checks;

/// <summary>A run that is saved and restored continues with the same bits.</summary>
internal static class RestoreChecks
{
    /// <summary>Copies of all tensors and the scheduler's state are enough to continue.</summary>
    public static void RestoredSchedulerContinues(Bench bench)
    {
        var (model, restored) = (bench.Model(), bench.Model());
        var (policy, itsPolicy) = (bench.Policy(model), bench.Policy(restored));
        var scheduler = bench.Scheduler(model, policy, seed: 3);
        bench.Reset(model, scheduler);
        var itsScheduler = bench.Scheduler(restored, itsPolicy, seed: 3);
        itsScheduler.State = scheduler.State;
        using (no_grad())
        {
            foreach (var (mine, its) in Tensors(model, policy).Zip(Tensors(restored, itsPolicy)))
            {
                its.copy_(mine);
            }
        }

        bench.Reset(model, scheduler);
        bench.Reset(restored, itsScheduler);

        const string Problem = "differs after a restore: what a policy carries from reset to reset must be in IStatefulResetPolicy.State";
        bench.EnsureSame(Snapshot.OfModel(model), Snapshot.OfModel(restored), Problem);
        bench.EnsureSame(Snapshot.OfPolicy(policy), Snapshot.OfPolicy(itsPolicy), Problem);
        if (itsScheduler.State != scheduler.State)
        {
            throw bench.Failure($"the restored scheduler is at {itsScheduler.State} instead of {scheduler.State}.");
        }
    }

    /// <summary>A checkpoint in the midst of what the policy observes is enough to continue.</summary>
    public static void CheckpointContinues(Bench bench)
    {
        var folder = Directory.CreateTempSubdirectory("policy-conformance-");
        try
        {
            CheckpointContinues(bench, folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>State gives the same tensors, by distinct names, at each call.</summary>
    public static void StateIsLiving(Bench bench)
    {
        var model = bench.Model();
        var policy = bench.Policy(model);
        var before = Handles(policy);
        bench.Reset(model, bench.Scheduler(model, policy));
        foreach (var (own, now) in before.Zip(Handles(policy)))
        {
            if (own != now)
            {
                throw bench.Failure("State gives other tensors than before: it must give the same ones at each call, as a resume writes into them.", new EntryPlace(own.Name));
            }
        }

        if (before.GroupBy(state => state.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw bench.Failure("State has two tensors of that name.", new EntryPlace(twice.Key));
        }
    }

    private static void CheckpointContinues(Bench bench, string folder)
    {
        var run = new CheckedRun(bench);
        bench.Reset(run.Model, run.Scheduler);
        bench.Prepare(run.Model); // saved between two resets
        using (var store = new CheckpointStore(folder))
        {
            store.Save(run.Trainer);
        }

        var resumed = new CheckedRun(bench);
        using (var store = new CheckpointStore(folder))
        {
            store.Resume(resumed.Trainer);
        }

        EnsureSame("is not restored by a resume: State must give the living tensors, and all that the policy remembers");
        for (var i = 0; i < 2; i++)
        {
            bench.Reset(run.Model, run.Scheduler);
            bench.Reset(resumed.Model, resumed.Scheduler);
            EnsureSame("differs after a resume from a checkpoint: what a policy carries from reset to reset must be in IStatefulResetPolicy.State");
        }

        void EnsureSame(string problem)
        {
            bench.EnsureSame(Snapshot.OfPolicy(run.Policy), Snapshot.OfPolicy(resumed.Policy), problem);
            bench.EnsureSame(Snapshot.OfModel(run.Model), Snapshot.OfModel(resumed.Model), problem);
            bench.EnsureSame(Snapshot.OfOptimizer(run.Optimizer, run.Model), Snapshot.OfOptimizer(resumed.Optimizer, resumed.Model), problem);
        }
    }

    private static List<(string Name, nint Handle)> Handles(IResetPolicy policy) => [.. Snapshot.Remembered(policy).Select(state => (state.Key, state.Value.Handle))];

    private static IEnumerable<Tensor> Tensors(nn.Module model, IResetPolicy policy) =>
        [.. model.parameters(), .. model.buffers(), .. Snapshot.Remembered(policy).Select(state => state.Value)];

    private sealed class CheckedRun
    {
        public CheckedRun(Bench bench)
        {
            Model = bench.Model();
            Optimizer = bench.Adam(Model);
            Policy = bench.Policy(Model, OptimizerStateReset.Slice);
            Trainer = bench.Keep(new ContinualTrainer(Model, Optimizer)).UseReset(bench.Schedule(seed: 3), Policy);
        }

        public nn.Module<Tensor, Tensor> Model { get; }

        public optim.Optimizer Optimizer { get; }

        public IResetPolicy Policy { get; }

        public ContinualTrainer Trainer { get; }

        public ZapScheduler Scheduler => Trainer.Schedulers[0];
    }
}
