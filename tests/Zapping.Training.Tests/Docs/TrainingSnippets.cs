using FluentAssertions;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.Checkpoints;
using Zapping.Training.Data;
using Zapping.Training.Evaluation;
using Zapping.Training.Optimizers;
using Zapping.Training.Penalties;
using Zapping.Training.Rehearsal;
using Zapping.Training.Steps;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static Zapping.Training.BoundaryKind;

namespace Zapping.Training.Tests.Docs;

/// <summary>The code of docs/guides/training.md.</summary>
public sealed class TrainingSnippets : IDisposable
{
    private readonly DisposeScopeBox _scope = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("zapping-training-").FullName;

    public void Dispose()
    {
        _scope.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Tasks_are_trained_on_and_resumed()
    {
        using var model = Net(classes: 6);
        using var optimizer = new FusedAdam(model.parameters(), 1e-3);
        using var trainer = new ContinualTrainer(model, optimizer);
        (Tensor Images, Tensor Labels)[] tasks = [.. Enumerable.Range(0, 3).Select(task => (randn(40, 8), randint(2 * task, (2 * task) + 2, [40])))];
        var folder = _folder;

        // <training-experiences>
        using var store = new CheckpointStore(folder);
        store.Resume(trainer);                                  // the newest checkpoint, if there is one
        trainer.UseCheckpoints(store, everySteps: 10);
        trainer.Fit(tasks.Select(task => new Experience(new ShuffledBatches(task.Images, task.Labels, batchSize: 8), epochs: 3)));
        // </training-experiences>
        trainer.State.Should().Be(new TrainerState(Steps: 45, Epochs: 9, Classes: 0, Tasks: 3));

        // <training-until>
        trainer.FitUntilEpoch(new ShuffledBatches(tasks[0].Images, tasks[0].Labels, batchSize: 8), epoch: 20);
        // </training-until>
        trainer.State.FinishedEpochs.Should().Be(20);
    }

    [Fact]
    public void Data_come_from_anywhere()
    {
        using var model = Net(classes: 3);
        using var optimizer = new FusedAdam(model.parameters(), 1e-3);
        using var trainer = new ContinualTrainer(model, optimizer);
        using var dataset = new Rows(randn(20, 8), randint(0, 3, [20]));
        var paths = Enumerable.Range(0, 20).Select(i => $"{i}.bin").ToArray();
        var device = CPU;

        // <training-data>
        IBatchSource known = BatchSource.FromDataset(dataset, batchSize: 8);                   // a Dataset of TorchSharp
        IBatchSource files = BatchSource.FromIndices(paths.Length, batchSize: 8, numbers =>    // more than memory holds
            new LabeledBatch(stack(numbers.Select(i => Read(paths[i]))), tensor(numbers.Select(LabelOf).ToArray())));
        IBatchSource queue = BatchSource.FromStream(Arriving(), batchesPerEpoch: 5);           // an IAsyncEnumerable<LabeledBatch>
        trainer.Fit(known, epochs: 1);
        trainer.Fit(files.Prefetch(device), epochs: 1);                                        // read by another thread
        trainer.Fit(queue, epochs: 1);
        // </training-data>
        trainer.State.Steps.Should().Be(3 + 3 + 5);

        static Tensor Read(string path) => full([8], path.Length, ScalarType.Float32);
        static long LabelOf(long number) => number % 3;
        static async IAsyncEnumerable<LabeledBatch> Arriving()
        {
            while (true)
            {
                await Task.Yield();
                yield return new LabeledBatch(ones(4, 8), zeros(4, ScalarType.Int64));
            }
        }
    }

    [Fact]
    public void A_plain_iterator_is_a_source()
    {
        using var model = Sequential(("body", Linear(3, 16)), ("tanh", Tanh()), ("head", Linear(16, 3)));
        using var optimizer = new FusedAdam(model.parameters(), 1e-3);

        // <training-regression>
        using var trainer = new ContinualTrainer(model, optimizer, (outputs, next) => functional.mse_loss(outputs, next));
        trainer.Fit(new Windows(series: randn(101, 3), length: 10), epochs: 2);
        // </training-regression>
        trainer.State.Steps.Should().Be(20);
    }

    [Fact]
    public void A_model_has_any_signature()
    {
        using var model = new ImageAndText();
        using var optimizer = new FusedAdam(model.parameters(), 1e-3);
        var (images, texts, labels) = (randn(40, 8), randn(40, 4), randint(0, 3, [40]));
        var device = CPU;

        // <training-signature>
        using var trainer = new ContinualTrainer<Pair>(model, optimizer, batch =>
        {
            var outputs = model.call(batch.Image, batch.Text);
            return new(functional.cross_entropy(outputs, batch.Label), outputs, batch.Label);
        });
        trainer.UseGradientAccumulation(4).UseZapping(every: new(EpochBoundary) { SkipFirst = true }, zap => (zap.Head, zap.Units) = ("joined", UnitSelection.All));

        var pairs = BatchSource.FromIndices(40, batchSize: 8, numbers =>
        {
            var rows = tensor(numbers.ToArray());
            return new Pair(images[rows], texts[rows], labels[rows]);
        });
        trainer.Fit(pairs.Prefetch(device), epochs: 2);
        // </training-signature>
        trainer.State.Steps.Should().Be(10);
    }

    [Fact]
    public void The_step_has_doors()
    {
        using var model = Net(classes: 3);
        using var optimizer = new FusedSgd(model.parameters(), 0.1);
        var batches = new ShuffledBatches(randn(40, 8), randint(0, 3, [40]), batchSize: 8);

        // <training-doors>
        using var weights = new ExampleWeights(40);
        using var penalty = new L2InitPenalty(model, strength: 1e-4);
        using var trainer = new ContinualTrainer(model, [optimizer], step =>
                (weights.Values[step.Indices!] * functional.cross_entropy(step.Outputs, step.Labels, reduction: Reduction.None)).mean())
            .UseMemory(weights)                                                           // checkpoints hold it
            .UseLoss(penalty)                                                             // L2 Init
            .UseLoss(step => 1e-3 * step.Outputs.square().mean(), name: "small outputs")  // a term of your own
            .UseBatchTransform(batch => batch with { Inputs = batch.Inputs.flip(1) })     // augmentation
            .UseUpdateRule(new SharpnessAware(rho: 0.05));                                // between backward pass and update
        trainer.Fit(batches, epochs: 2);
        // </training-doors>
        trainer.State.Steps.Should().Be(10);
        weights.Load(weights.Save().ToDictionary(own => own.Key, own => own.Value.clone(), StringComparer.Ordinal));
    }

    [Fact]
    public void Old_classes_are_rehearsed()
    {
        using var model = Net(classes: 1);
        using var optimizer = new FusedAdam(model.parameters(), 1e-2);
        var centers = randn(6, 8) * 3;
        var examples = Enumerable.Range(0, 3).Select(task => randint(2 * task, (2 * task) + 2, [60])).Select(labels => new LabeledBatch(centers[labels] + randn(60, 8), labels)).ToArray();
        var (tests, experiences) = (examples, examples.Select(task => new Experience(new ShuffledBatches(task.Inputs, task.Labels, batchSize: 10), epochs: 3)).ToArray());

        // <training-rehearsal>
        using var buffer = new ClassBalancedBuffer(capacity: 200);
        using var trainer = new ContinualTrainer(model, optimizer)
            .UseGrowingHead("head")     // a unit for each class that an experience brings
            .UseReplay(buffer)          // each step also trains on examples of before
            .UseDistillation();         // and keeps to what the model said when the task began
        var matrix = new TaskMatrixObserver(new TaskEvaluator(model, tests));
        trainer.UseObserver(matrix).Fit(experiences);
        Console.WriteLine(matrix.Accuracies); // after each task (down), the accuracy on each (across)
        // </training-rehearsal>
        model.get_parameter("head.weight")!.size(0).Should().Be(6);
        matrix.Accuracies.AverageAccuracy().Should().BeGreaterThan(0.5);
    }

    [Fact]
    public void Training_stops_early()
    {
        using var model = Net(classes: 6);
        using var optimizer = new FusedAdam(model.parameters(), 1e-3);
        using var trainer = new ContinualTrainer(model, optimizer);
        var (validationInputs, validationLabels) = (randn(30, 8), zeros(30, ScalarType.Int64));
        var experiences = Enumerable.Range(0, 2).Select(task => new Experience(new ShuffledBatches(randn(40, 8), zeros(40, ScalarType.Int64) + 5, batchSize: 8), epochs: 100)).ToArray();

        // <training-early>
        trainer.UseEarlyStopping(
            new ShuffledBatches(validationInputs, validationLabels, batchSize: 64), new() { Metric = StoppingMetric.Accuracy, Patience = 5 });
        trainer.Fit(experiences);
        // </training-early>
        trainer.State.Epochs.Should().BeLessThan(200);
        trainer.State.Tasks.Should().Be(2);
    }

    [Fact]
    public void Functions_observe_and_stop()
    {
        using var model = Net(classes: 6);
        using var optimizer = new FusedAdam(model.parameters(), 1e-2);
        using var trainer = new ContinualTrainer(model, optimizer);
        var batches = new ShuffledBatches(randn(40, 8), zeros(40, ScalarType.Int64), batchSize: 8);

        // <training-stop>
        trainer.OnStep(step =>
        {
            if (step.Loss < 0.5)
            {
                trainer.RequestStop(); // RequestNextExperience() goes on with the next, if there are several
            }
        });
        trainer.OnFitEnded(summary => Console.WriteLine(summary)); // steps, examples, losses, and whether it was stopped
        trainer.Fit(batches, epochs: 100);
        // </training-stop>
        trainer.State.Epochs.Should().BeLessThan(100);
    }

    [Fact]
    public void Steps_are_made_one_by_one()
    {
        using var model = Net(classes: 3);
        using var optimizer = new FusedAdam(model.parameters(), 1e-3);
        using var trainer = new ContinualTrainer(model, optimizer).UseZapping(every: EpochBoundary, zap => (zap.Head, zap.Units) = ("head", UnitSelection.All));
        var batches = new ShuffledBatches(randn(40, 8), randint(0, 3, [40]), batchSize: 8);

        // <training-steps>
        for (var epoch = 0; epoch < 2; epoch++)
        {
            using var scope = NewDisposeScope(); // the epoch's batches go with it
            trainer.BeginEpoch();                // resets of this boundary
            foreach (var batch in batches.Epoch(epoch))
            {
                var loss = trainer.TrainStep(batch);
            }

            trainer.EndEpoch();                  // learning rates, observers
        }
        // </training-steps>
        trainer.State.Steps.Should().Be(10);
    }

    [Fact]
    public void A_loop_is_resumed()
    {
        var (images, labels, folder) = (randn(40, 8), randint(0, 3, [40]), _folder);
        using var model = Net(classes: 3);
        using var optimizer = new FusedAdam(model.parameters(), 1e-3);

        // <training-run>
        var zapper = new ZapScheduler(
            model, [optimizer], new ZapPolicy(new ZapOptions { Head = "head", Units = UnitSelection.All }), new ResetSchedule(EpochBoundary) { Seed = 1 });
        var rates = optim.lr_scheduler.StepLR(optimizer, step_size: 5);
        var batches = new ShuffledBatches(images, labels, batchSize: 8);
        var run = new TrainingRun(model, [optimizer]) { Resets = [zapper], LearningRates = [rates], Data = batches };
        using var store = new CheckpointStore(folder);
        store.Resume(run); // the newest checkpoint, if there is one
        while (run.Epochs < 10)
        {
            using var scope = NewDisposeScope();
            zapper.Signal(EpochBoundary);
            foreach (var batch in batches.Epoch(run.Epochs))
            {
                optimizer.zero_grad();
                functional.cross_entropy(model.call(batch.Inputs), batch.Labels).backward();
                optimizer.step();
                run.Steps++;
            }

            rates.step();
            run.Epochs++; // counted before it is saved
            store.Save(run);
        }
        // </training-run>
        run.Steps.Should().Be(50);
        store.Checkpoints[0].Steps.Should().Be(50);
    }

    private static Sequential Net(int classes) => Sequential(("body", Linear(8, 16)), ("relu", ReLU()), ("head", Linear(16, classes)));

    private sealed class Rows(Tensor inputs, Tensor labels) : TorchSharp.torch.utils.data.Dataset
    {
        public override long Count => labels.size(0);

        public override Dictionary<string, Tensor> GetTensor(long index) => new(StringComparer.Ordinal) { ["data"] = inputs[index], ["label"] = labels[index] };
    }

    private sealed class ImageAndText : Module<Tensor, Tensor, Tensor>
    {
        private readonly Linear image = Linear(8, 8);
        private readonly Linear text = Linear(4, 8);
        private readonly Linear joined = Linear(8, 3);

        public ImageAndText()
            : base(nameof(ImageAndText)) => RegisterComponents();

        public override Tensor forward(Tensor pixels, Tensor words) => joined.call(functional.relu(image.call(pixels) + text.call(words)));
    }
}

// <training-source>
public sealed class Windows(Tensor series, int length) : IBatchSource
{
    public long? BatchesPerEpoch => (series.size(0) - 1) / length;

    public IEnumerable<LabeledBatch> Epoch(long epoch, long firstBatch = 0)
    {
        for (var batch = firstBatch; batch < BatchesPerEpoch; batch++)
        {
            yield return new LabeledBatch(series.narrow(0, batch * length, length), series.narrow(0, (batch * length) + 1, length));
        }
    }
}

// </training-source>

// <training-batch>
public readonly record struct Pair(Tensor Image, Tensor Text, Tensor Label) : IBatch<Pair>
{
    public long Count => Label.size(0);

    public Pair Map(Func<Tensor, Tensor> map) => new(map(Image), map(Text), map(Label));
}

// </training-batch>

// <training-rule>
public sealed class SharpnessAware(double rho) : IUpdateRule
{
    public bool WritesParameters => true;

    public void OnGradients(UpdateContext update)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var own = update.Parameters.Select(p => (p.Parameter, Gradient: p.Parameter.grad!.clone(), Value: p.Parameter.detach().clone())).ToList();
        var norm = Math.Sqrt(own.Sum(p => p.Gradient.square().sum().to(ScalarType.Float64).item<double>()));
        own.ForEach(p => p.Parameter.add_(p.Gradient * (rho / norm)));
        using (enable_grad())
        {
            update.Again(); // forward and backward pass of the same batch, at the moved weights
        }

        own.ForEach(p => p.Parameter.copy_(p.Value));
    }
}

// </training-rule>

// <training-memory>
public sealed class ExampleWeights(long examples) : ITrainingMemory, IDisposable
{
    public Tensor Values { get; } = ones(examples).DetachFromDisposeScope();

    public string Name => "weights";

    public IReadOnlyList<KeyValuePair<string, Tensor>> Save() => [new("values", Values)];

    public void Load(IReadOnlyDictionary<string, Tensor> saved)
    {
        if (!saved.TryGetValue("values", out var values) || !values.shape.SequenceEqual(Values.shape))
        {
            throw new InvalidDataException("its weights are of other examples.");
        }

        Values.copy_(values);
    }

    public void Dispose() => Values.Dispose();
}

// </training-memory>
