using FluentAssertions;
using Xunit;
using Zapping.Training.Tests.Shared;
using Zapping.Training.Transfer;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Transfer;

public sealed class TransferMatrixTests
{
    // Two query examples a class: one class, then two more, then two more.
    private static readonly TransferResult Result = new(
    [
        Evaluation(1, [2]),
        Evaluation(3, [1, 2, 1]),
        Evaluation(5, [0, 1, 1, 2, 1]),
    ]);

    [Fact]
    public void Over_tasks_of_equal_size_the_average_is_the_accuracy_over_all_classes()
    {
        TransferResult result = new([Evaluation(1, [2]), Evaluation(2, [1, 2]), Evaluation(4, [1, 1, 2, 0])]);

        var matrix = result.ToAccuracyMatrix(classesPerTask: 2);

        (matrix.EvaluationCount, matrix.TaskCount).Should().Be((2, 2), "the evaluation after the first class ends no task");
        (matrix[0, 0], matrix[0, 1], matrix[1, 0], matrix[1, 1]).Should().Be((0.75, double.NaN, 0.5, 0.5));
        matrix.AverageAccuracy().Should().Be(result.Final.Query.TopOne).And.Be(0.5);
        matrix.AverageForgetting().Should().Be(0.25);
        matrix.BackwardTransfer().Should().Be(-0.25);
    }

    [Fact]
    public void Tasks_of_equal_size_pass_over_what_lies_between()
    {
        TransferResult result = new([Evaluation(1, [2]), Evaluation(2, [1, 2]), Evaluation(4, [1, 1, 2, 0]), Evaluation(5, [0, 1, 1, 2, 1])]);

        var matrix = result.ToAccuracyMatrix(classesPerTask: 2);

        (matrix.EvaluationCount, matrix.TaskCount).Should().Be((3, 3));
        (matrix[0, 0], matrix[1, 0], matrix[2, 0]).Should().Be((0.75, 0.5, 0.25));
        (matrix[1, 1], matrix[2, 1], matrix[2, 2]).Should().Be((0.5, 0.75, 0.5), "the last task has one class");
        matrix.AverageAccuracy().Should().BeApproximately((0.25 + 0.75 + 0.5) / 3, 1e-15);
    }

    [Fact]
    public void A_task_needs_an_evaluation_at_its_end()
    {
        var tooSmall = () => Result.ToAccuracyMatrix(classesPerTask: 2);
        tooSmall.Should().Throw<InvalidOperationException>().WithMessage("There is no evaluation after 2 classes, where a task of 2 ends; EvaluationPeriod says when there is one.");
        var none = () => Result.ToAccuracyMatrix(classesPerTask: 0);
        none.Should().Throw<ArgumentOutOfRangeException>().WithParameterName("classesPerTask");
        Result.ToAccuracyMatrix(classesPerTask: 99)[0, 0].Should().Be(0.5, "one task has them all");
    }

    [Theory]
    [InlineData(TransferExamples.Query)]
    [InlineData(TransferExamples.Support)]
    public void Of_a_sequential_transfer_it_counts_the_hits_of_each_task(TransferExamples of)
    {
        using var scope = NewDisposeScope();
        using var task = new TransferTask(randn(28, 6), randn(14, 6), 7);
        var options = new SequentialTransferOptions { Head = Nets.Head, EvaluationPeriod = 3, LearningRate = 0.03 };
        var result = SequentialTransfer.Run(Nets.Small(), task, options);

        var matrix = result.ToAccuracyMatrix(classesPerTask: 3, of);

        result.Evaluations.Select(evaluation => evaluation.ClassesSeen).Should().Equal(1, 3, 6, 7);
        (int First, int End)[] tasks = [(0, 3), (3, 6), (6, 7)];
        (matrix.EvaluationCount, matrix.TaskCount).Should().Be((3, 3));
        for (var i = 0; i < 3; i++)
        {
            var (query, support) = (result.Evaluations[i + 1].Query, result.Evaluations[i + 1].Support!);
            var (hits, each) = of == TransferExamples.Query ? (query.Hits, 2.0) : (support.Hits, 4.0);
            for (var j = 0; j < 3; j++)
            {
                var (first, end) = tasks[j];
                if (j > i)
                {
                    matrix[i, j].Should().Be(double.NaN);
                    continue;
                }

                matrix[i, j].Should().BeApproximately(hits.Take(end).Skip(first).Sum() / (each * (end - first)), 1e-15);
            }
        }
    }

    [Fact]
    public void Support_has_a_matrix_of_its_own_if_it_was_evaluated_each_time()
    {
        var without = () => Result.ToAccuracyMatrix(classesPerTask: 5, TransferExamples.Support);
        without.Should().Throw<InvalidOperationException>().WithMessage("Support examples were not evaluated after 5 classes*EvaluateSupport*");

        var learned = new TransferResult([new TransferEvaluation(4, 1, new ClassAccuracies(2, [2], [2]), new ClassAccuracies(4, [3], [4]))]);
        learned.ToAccuracyMatrix(classesPerTask: 1, TransferExamples.Support)[0, 0].Should().Be(0.75);
    }

    [Fact]
    public void Evaluations_of_the_same_classes_have_no_tasks()
    {
        var matrix = () => new TransferResult([Evaluation(2, [1, 1]), Evaluation(2, [2, 1])]).ToAccuracyMatrix(classesPerTask: 1);
        matrix.Should().Throw<InvalidOperationException>().WithMessage("The evaluations are of 2, 2 classes.*");
    }

    private static TransferEvaluation Evaluation(int seen, int[] hits) => new(seen, seen, new ClassAccuracies(2, hits, hits), Support: null);
}
