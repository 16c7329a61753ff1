// Trains and saves until it is killed: CheckpointVictim <Asb|MetaAsb> <folder>
using CheckpointVictim;
using Zapping.Training.Checkpoints;

using var run = new VictimRun(Enum.Parse<VictimMethod>(args[0]));
using var store = new CheckpointStore(args[1]);
store.Resume(run.Trainer);

// The end is there for the case that whoever should kill it has died.
for (var last = run.Step + 1_000; run.Step < last;)
{
    run.TrainTo(run.Step + VictimRun.SaveEvery);
    store.Save(run.Trainer);
    Console.WriteLine($"saved {run.Step}");
}
