using FluentAssertions;
using Xunit;
using Zapping.Training.Data;
using Zapping.Training.Evaluation;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static Zapping.Training.BoundaryKind;

namespace Zapping.Training.Tests.Evaluation;

[Collection(AloneCollection.Name)] // counts live tensors
public sealed class TaskMatrixObserverTests
{
    [Fact]
    public void Every_task_is_evaluated_before_the_next_one_begins_and_before_its_reset()
    {
        using var scope = NewDisposeScope();
        var (net, copy) = (Nets.Small(), Nets.Small());
        using var optimizer = optim.SGD(net.parameters(), 0.5);
        using var same = optim.SGD(copy.parameters(), 0.5);
        LabeledBatch[] queries = [Batch(0), Batch(1), Batch(2)];
        var observer = new TaskMatrixObserver(new TaskEvaluator(net, queries));
        var zap = new ZapOptions { Head = Nets.Head, Weights = Initializer.Zeros() };
        using var trainer = new ContinualTrainer(net, optimizer).UseObserver(observer).UseZapping(TaskBoundary, zap);
        using var unobserved = new ContinualTrainer(copy, same).UseZapping(TaskBoundary, zap);
        List<(double Accuracy, double Loss)[]> expected = [[.. queries.Select(query => Score(copy, query))]];

        for (var task = 0; task < 3; task++)
        {
            unobserved.BeginTask(task);
            unobserved.TrainStep(queries[task].Inputs, queries[task].Labels);
            expected.Add([.. queries.Select(query => Score(copy, query))]);
            trainer.BeginTask(task);
            trainer.TrainStep(queries[task].Inputs, queries[task].Labels);
        }

        observer.Scores.Should().HaveCount(2);
        observer.Finish();

        observer.Baseline!.Accuracies.Should().Equal(expected[0].Select(e => e.Accuracy));
        observer.Accuracies.Baseline.Should().Equal(observer.Baseline.Accuracies);
        for (var i = 0; i < 3; i++)
        {
            for (var j = 0; j < 3; j++)
            {
                observer.Accuracies[i, j].Should().Be(expected[i + 1][j].Accuracy);
                observer.Losses[i, j].Should().BeApproximately(expected[i + 1][j].Loss, 1e-6);
            }
        }

        Nets.Bits(net).Should().BeEquivalentTo(Nets.Bits(copy));
    }

    [Fact]
    public void Batches_add_up_to_the_whole_set_in_eval_mode()
    {
        using var scope = NewDisposeScope();
        var net = Sequential(("body", Linear(6, 5)), ("norm", BatchNorm1d(5)), ("drop", Dropout()), ("head", Linear(5, 8)));
        net.train();
        var query = Batch(3);
        var whole = new TaskEvaluator(net, [query]).Evaluate();
        var parts = new TaskEvaluator(net, [query], batchSize: 7).Evaluate();
        parts.Accuracies.Should().Equal(whole.Accuracies);
        parts.Losses[0].Should().BeApproximately(whole.Losses[0], 1e-6);
        net.training.Should().BeTrue();
        ((TorchSharp.Modules.BatchNorm1d)net.named_modules().Single(m => m.name == "norm").module).running_mean!.count_nonzero().item<long>().Should().Be(0);
    }

    [Fact]
    public void A_loss_of_ones_own_is_averaged_over_examples()
    {
        using var scope = NewDisposeScope();
        var labels = tensor(new long[] { 1, 2, 6 });
        LabeledBatch[] tasks = [new(ones(3, 6), labels)];
        new TaskEvaluator(Nets.Small(), tasks, (_, l) => l.to(ScalarType.Float32).mean(), batchSize: 2).Evaluate().Losses.Should().Equal(3);
    }

    [Fact]
    public void Another_kind_of_boundary_can_begin_tasks()
    {
        using var scope = NewDisposeScope();
        var observer = new TaskMatrixObserver(new TaskEvaluator(Nets.Small(), [Batch(0)]), ClassBoundary);
        observer.OnBoundaryStarting(TrainingBoundary.Task(0, [1]));
        observer.Baseline.Should().BeNull();
        observer.OnBoundaryStarting(TrainingBoundary.Class(0, 1));
        observer.Baseline.Should().NotBeNull();
    }

    [Fact]
    public void After_the_end_training_may_go_on()
    {
        using var scope = NewDisposeScope();
        var observer = new TaskMatrixObserver(new TaskEvaluator(Nets.Small(), [Batch(0)]));
        observer.Invoking(o => o.Finish()).Should().Throw<InvalidOperationException>()
            .WithMessage("No task has begun yet.");
        observer.Invoking(o => o.Losses).Should().Throw<InvalidOperationException>()
            .WithMessage("No task has ended yet. Where BeginTask says what begins, the end of the last one is said by Finish.");
        observer.OnBoundaryStarting(TrainingBoundary.Task(0, [1]));
        observer.Finish();
        observer.Finish();
        observer.OnBoundaryStarting(TrainingBoundary.Task(1, [2]));
        observer.Scores.Should().HaveCount(1);
        observer.Finish();
        observer.Scores.Should().HaveCount(2);
    }

    [Fact]
    public void It_leaves_no_tensors()
    {
        using var scope = NewDisposeScope();
        var evaluator = new TaskEvaluator(Nets.Small(), [Batch(0), Batch(1)], batchSize: 3);
        evaluator.Evaluate();
        var before = LiveTensors.BeforeTest();
        evaluator.Evaluate();
        Tensor.TotalCount.Should().Be(before);
    }

    [Fact]
    public void What_cannot_be_evaluated_is_refused()
    {
        using var scope = NewDisposeScope();
        var net = Nets.Small();
        FluentActions.Invoking(() => new TaskEvaluator(net, [])).Should().Throw<ArgumentException>().WithMessage("There is no task.*");
        FluentActions.Invoking(() => new TaskEvaluator(net, [new LabeledBatch(ones(3, 6), zeros(2, ScalarType.Int64))])).Should().Throw<ArgumentException>()
            .WithMessage("Task 0 must have inputs [n, …] and class ids [n] of type Int64, n at least 1, but has [3, 6] and [2] of type Int64.*");
        FluentActions.Invoking(() => new TaskEvaluator(net, [default])).Should().Throw<ArgumentException>().WithMessage("Task 0 must have inputs*");
        FluentActions.Invoking(() => new TaskEvaluator(net, [Batch(0)], batchSize: 0)).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => new TaskEvaluator(Flatten(0), [Batch(0)]).Evaluate()).Should().Throw<InvalidOperationException>()
            .WithMessage("Accuracy is of outputs [20, units], but these are [120].");
        FluentActions.Invoking(() => new TaskMatrixObserver(new TaskEvaluator(net, [Batch(0)]), (BoundaryKind)9)).Should().Throw<ArgumentOutOfRangeException>()
            .WithMessage("Unknown kind of boundary.*");
    }

    private static LabeledBatch Batch(ulong seed)
    {
        using var generator = new Generator(seed);
        return new LabeledBatch(randn([20, 6], generator: generator), randint(0, Nets.Units, [20], generator: generator));
    }

    private static (double Accuracy, double Loss) Score(Module<Tensor, Tensor> net, LabeledBatch query)
    {
        using var scope = NewDisposeScope();
        var outputs = net.call(query.Inputs).detach();
        var predicted = outputs.argmax(1).data<long>().ToArray();
        var labels = query.Labels.data<long>().ToArray();
        var logProbabilities = functional.log_softmax(outputs, 1);
        return (
            predicted.Zip(labels).Count(pair => pair.First == pair.Second) / 20.0,
            -labels.Select((label, row) => (double)logProbabilities[row, label].item<float>()).Average());
    }
}
