// Saves, resumes, and refuses a wrong option; it is published trimmed.
using Zapping.Training;
using Zapping.Training.Checkpoints;
using Zapping.Training.Data;
using Zapping.Training.Evaluation;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

Run(first: true);
Run(first: false);
try
{
    _ = new ZapPolicy(new ZapOptions { Bias = (BiasReset)7 });
}
catch (ArgumentException refused)
{
    Console.WriteLine(refused.Message);
}

void Run(bool first)
{
    using var model = Sequential(("body", Linear(6, 5)), ("relu", ReLU()), ("head", Linear(5, 4)));
    using var optimizer = optim.Adam(model.parameters(), 1e-2);
    using var trainer = new ContinualTrainer(model, optimizer)
        .UseZapping(every: BoundaryKind.EpochBoundary, zap => zap.Head = HeadSelector.ByName("head"))
        .UseContinualBackprop(rand(2, 6), BoundaryKind.StepBoundary)
        .UseLearningRateScheduler(optim.lr_scheduler.StepLR(optimizer, 2))
        .UseObserver(RecoveryObserver.OfResets());
    using var store = new CheckpointStore(args[0]);
    var resumed = first ? null : store.Resume(trainer);
    manual_seed(1);
    trainer.Fit(new ShuffledBatches(rand(8, 6), arange(8).remainder(4), 4), 2);
    store.Save(trainer);
    Console.WriteLine($"{(resumed is null ? "saved" : $"resumed after {resumed.Steps}")}, {trainer.State.Steps} steps");
}
