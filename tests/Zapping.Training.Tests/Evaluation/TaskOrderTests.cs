using FluentAssertions;
using Xunit;
using Zapping.Training.Data;
using Zapping.Training.Evaluation;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Evaluation;

/// <summary>Tasks of a matrix are those whose classes the boundaries name.</summary>
public sealed class TaskOrderTests : IDisposable
{
    private readonly DisposeScopeBox _scope = new();
    private readonly TaskMatrixObserver _observer;

    public TaskOrderTests() => _observer = new TaskMatrixObserver(new TaskEvaluator(Nets.Small(), [Query(0, 1), Query(2, 3), Query(4, 5)]));

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData(0, 1, 2)]
    [InlineData(2, 0, 1)]
    [InlineData(1, 2, 0)]
    public void Columns_are_in_the_order_in_which_the_stream_comes_to_them(int first, int second, int third)
    {
        int[] order = [first, second, third];
        for (var i = 0; i < 3; i++)
        {
            _observer.OnBoundaryStarting(TrainingBoundary.Task(i, [(2 * order[i]) + 1, 2 * order[i]]));
        }

        _observer.Finish();
        for (var column = 0; column < 3; column++)
        {
            _observer.Accuracies[2, column].Should().Be(_observer.Scores[2].Accuracies[order[column]]);
            _observer.Losses[0, column].Should().Be(_observer.Scores[0].Losses[order[column]]);
            _observer.Accuracies.Baseline![column].Should().Be(_observer.Baseline!.Accuracies[order[column]]);
        }

        _observer.Baseline!.Losses.Should().OnlyHaveUniqueItems("otherwise nothing is told apart");
    }

    [Fact]
    public void A_task_that_comes_again_before_all_have_come_is_refused_and_after_that_it_is_further_training()
    {
        _observer.OnBoundaryStarting(TrainingBoundary.Task(0, [0, 1]));
        _observer.OnBoundaryStarting(TrainingBoundary.Task(1, [2, 3]));
        _observer.Invoking(o => o.OnBoundaryStarting(TrainingBoundary.Task(2, [0, 1]))).Should().Throw<InvalidOperationException>()
            .WithMessage("TaskBoundary 2 (classes 0, 1) comes to the classes of query set 0 again, before all tasks have come*");
        _observer.OnBoundaryStarting(TrainingBoundary.Task(2, [4, 5]));
        _observer.OnBoundaryStarting(TrainingBoundary.Task(3, [0, 1]));
        _observer.Finish();
        _observer.Accuracies.EvaluationCount.Should().Be(4);
    }

    [Fact]
    public void Classes_without_a_query_set_are_refused() => _observer.Invoking(o => o.OnBoundaryStarting(TrainingBoundary.Task(0, [6, 7])))
        .Should().Throw<InvalidOperationException>().WithMessage("TaskBoundary 0 (classes 6, 7) comes to classes of which there is no query set*");

    [Fact]
    public void Tasks_of_the_same_classes_come_in_the_evaluators_order()
    {
        var domains = new TaskMatrixObserver(new TaskEvaluator(Nets.Small(), [Query(0, 1), Query(0, 1)]));
        domains.OnBoundaryStarting(TrainingBoundary.Task(0, [0, 1]));
        domains.OnBoundaryStarting(TrainingBoundary.Task(1, [0, 1]));
        domains.Finish();
        domains.Losses[1, 1].Should().Be(domains.Scores[1].Losses[1]);
    }

    [Fact]
    public void A_query_set_may_have_some_of_the_classes_or_earlier_ones_besides()
    {
        var observer = new TaskMatrixObserver(new TaskEvaluator(Nets.Small(), [Query(0, 1, 2, 3), Query(0)]));
        observer.OnBoundaryStarting(TrainingBoundary.Task(0, [0, 1]));
        observer.OnBoundaryStarting(TrainingBoundary.Task(1, [2, 3]));
        observer.Finish();
        observer.Losses[1, 0].Should().Be(observer.Scores[1].Losses[1], "the set of class 0 alone is within the first task");
    }

    [Fact]
    public void A_class_that_has_no_unit_yet_is_a_miss_and_its_loss_is_not_measured()
    {
        var net = Nets.Small();
        var query = new LabeledBatch(rand(6, 6), tensor(new long[] { 1, 9, 2, 11, 3, 8 }));
        var known = new LabeledBatch(query.Inputs.index_select(0, tensor(new long[] { 0, 2, 4 })), tensor(new long[] { 1, 2, 3 }));
        var (mixed, alone) = (new TaskEvaluator(net, [query, Query(8, 9)], batchSize: 4).Evaluate(), new TaskEvaluator(net, [known]).Evaluate());
        mixed.Losses[0].Should().BeApproximately(alone.Losses[0], 1e-6);
        mixed.Accuracies[0].Should().BeApproximately(alone.Accuracies[0] / 2, 1e-12);
        mixed.Losses[1].Should().Be(double.NaN);
        mixed.Accuracies[1].Should().Be(0);
    }

    private static LabeledBatch Query(params int[] classes) => new(
        rand(3 * classes.Length, 6), tensor(Enumerable.Range(0, 3 * classes.Length).Select(i => (long)classes[i % classes.Length]).ToArray()));
}
