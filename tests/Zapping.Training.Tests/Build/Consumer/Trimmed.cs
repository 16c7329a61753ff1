// Trains with every optimizer and several schedulers, saves, resumes, reads settings, and refuses a wrong option; it is published trimmed, as native code, and as it is.
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Zapping.Training;
using Zapping.Training.Checkpoints;
using Zapping.Training.Data;
using Zapping.Training.Evaluation;
using Zapping.Training.Hosting;
using Zapping.Training.Optimizers;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static TorchSharp.torch.optim.lr_scheduler;

IConfiguration settings = new ConfigurationBuilder().AddInMemoryCollection(
    new Dictionary<string, string?> { ["Every"] = "EpochBoundary", ["Head"] = "head", ["Bias"] = "Zero", ["OptimizerState"] = "Slice", ["Seed"] = "7" }).Build();
Run("SGD", p => optim.SGD(p, 1e-2, momentum: 0.9), o => StepLR(o, 2));
Run("Adam", p => optim.Adam(p, 1e-2, amsgrad: true), o => CosineAnnealingLR(o, 10));
Run("AdamW", p => optim.AdamW(p, 1e-2), o => OneCycleLR(o, 1e-2, total_steps: 20));
Run("RMSProp", p => optim.RMSProp(p, 1e-2, momentum: 0.5, centered: true), o => ExponentialLR(o, 0.9));
Run("Adagrad", p => optim.Adagrad(p, 1e-2), o => MultiStepLR(o, [1, 3], 0.5));
Run("Adadelta", p => optim.Adadelta(p, 1e-2), o => LinearLR(o));
Run("Adamax", p => optim.Adamax(p, 1e-2), o => ConstantLR(o));
Run("NAdam", p => optim.NAdam(p, 1e-2), o => PolynomialLR(o, 5));
Run("RAdam", p => optim.RAdam(p, 1e-2), o => SequentialLR(o, [ConstantLR(o), StepLR(o, 1)], [2]));
Run("ASGD", p => optim.ASGD(p, 1e-2), o => CyclicLR(o, 1e-3, 1e-2, step_size_up: 3, cycle_momentum: false));
Run("Rprop", p => optim.Rprop(p, 1e-2), o => StepLR(o, 2));
Run("FusedSgd", p => new FusedSgd(p, 1e-2, momentum: 0.9), o => StepLR(o, 2));
Run("FusedAdam", p => new FusedAdam(p, 1e-2), o => StepLR(o, 2));
Run("FusedAdamW", p => new FusedAdamW(p, 1e-2), o => StepLR(o, 2));
try
{
    _ = new ZapPolicy(new ZapOptions { Bias = (BiasReset)7 });
}
catch (ArgumentException refused)
{
    Console.WriteLine(refused.Message);
}

void Run(string name, Func<IEnumerable<TorchSharp.Modules.Parameter>, optim.Optimizer> optimizer, Func<optim.Optimizer, LRScheduler> rates)
{
    Train(name, optimizer, rates, resumes: false);
    Train(name, optimizer, rates, resumes: true);
}

void Train(string name, Func<IEnumerable<TorchSharp.Modules.Parameter>, optim.Optimizer> makeOptimizer, Func<optim.Optimizer, LRScheduler> rates, bool resumes)
{
    manual_seed(2);
    using var services = new ServiceCollection().AddZapping(settings).BuildServiceProvider();
    using var model = Sequential(("body", Linear(6, 5)), ("relu", ReLU()), ("head", Linear(5, 4)));
    using var optimizer = makeOptimizer(model.parameters());
    using var trainer = new ContinualTrainer(model, optimizer)
        .UseZapping(services.GetRequiredService<IOptions<ZapSettings>>().Value)
        .UseContinualBackprop(rand(2, 6), BoundaryKind.StepBoundary)
        .UseLearningRateScheduler(rates(optimizer))
        .UseObserver(RecoveryObserver.OfResets());
    using var store = new CheckpointStore(Path.Combine(args[0], name));
    var resumed = resumes ? store.Resume(trainer) : null;
    manual_seed(1);
    trainer.Fit(new ShuffledBatches(rand(8, 6), arange(8).remainder(4), 4), 2);
    store.Save(trainer);
    var sum = model.parameters().Sum(parameter => parameter.detach().to(float64).abs().sum().item<double>());
    Console.WriteLine($"{name}: {(resumed is null ? "saved" : $"resumed after {resumed.Steps}")}, {trainer.State.Steps} steps, weights {sum:r}");
}

