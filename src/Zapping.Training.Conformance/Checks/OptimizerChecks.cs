using TorchSharp.Modules;

namespace Zapping.Training.Conformance.Checks;

/// <summary>What happens to the memory of optimizers.</summary>
internal static class OptimizerChecks
{
    public static void OptimizerStateAsAsked(Bench bench, OptimizerStateReset asked)
    {
        var model = bench.Model();
        var optimizer = bench.Adam(model);
        var before = Snapshot.OfOptimizer(optimizer, model);

        bench.Reset(model, bench.Scheduler(model, bench.Policy(model, asked), [optimizer]));

        var after = Snapshot.OfOptimizer(optimizer, model);
        foreach (var (name, state) in model.named_parameters().Select(p => p.name).Zip(optimizer.state_dict().State.Cast<Adam.State>()))
        {
            EnsureMoments(bench, asked, name, before[$"{name}: exp_avg"], after[$"{name}: exp_avg"]);
            var touched = EnsureMoments(bench, asked, name, before[$"{name}: exp_avg_sq"], after[$"{name}: exp_avg_sq"]);
            var steps = touched && asked == OptimizerStateReset.Parameter ? 0 : 1;
            if (state.step != steps)
            {
                throw bench.Failure($"{asked} was asked for, and the step counter is {state.step} instead of {steps}.", new EntryPlace(name));
            }
        }
    }

    /// <returns>Whether any entry of the parameter is treated as asked.</returns>
    private static bool EnsureMoments(Bench bench, OptimizerStateReset asked, string name, TensorBits before, TensorBits after)
    {
        var entries = Enumerable.Range(0, before.Count).ToList();
        var touched = entries.Exists(Treated);
        foreach (var entry in entries)
        {
            var cleared = (asked == OptimizerStateReset.Slice && Treated(entry)) || (asked == OptimizerStateReset.Parameter && touched);
            if (!(cleared ? after.IsAllZero(entry) : after.Equals(entry, before)))
            {
                throw bench.Failure($"{asked} was asked for, so {before.Text(entry)} {(cleared ? "was to become 0" : "was to stay")}, but it is {after.Text(entry)}.", before.Place(entry));
            }
        }

        return touched;

        bool Treated(int entry)
        {
            var place = before.Place(entry);
            return bench.Suite.ResetsOptimizerState(name, place.Row!.Value, place.Column!.Value);
        }
    }
}
