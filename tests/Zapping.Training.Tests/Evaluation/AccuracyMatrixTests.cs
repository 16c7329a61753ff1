using CsCheck;
using FluentAssertions;
using Xunit;
using Zapping.Training.Evaluation;

namespace Zapping.Training.Tests.Evaluation;

/// <summary>Metrics of matrices small enough to be computed by hand.</summary>
public sealed class AccuracyMatrixTests
{
    private const double None = double.NaN;

    // Three tasks; the baseline is that of a guess among four classes.
    private static readonly AccuracyMatrix Three = new(
        new[,]
        {
            { 0.9, 0.3, 0.2 },
            { 0.5, 0.8, 0.4 },
            { 0.6, 0.4, 0.7 },
        },
        [0.25, 0.25, 0.25]);

    [Fact]
    public void Average_accuracy_is_over_the_tasks_learned_by_then()
    {
        Three.AverageAccuracy(0).Should().Be(0.9);
        Three.AverageAccuracy(1).Should().BeApproximately(0.65, 1e-15);
        Three.AverageAccuracy(2).Should().BeApproximately(1.7 / 3, 1e-15);
        Three.AverageAccuracy().Should().Be(Three.AverageAccuracy(2));
        Three.AverageIncrementalAccuracy().Should().BeApproximately((0.9 + 0.65 + (1.7 / 3)) / 3, 1e-15);
    }

    [Fact]
    public void Forgetting_is_the_best_of_before_minus_now()
    {
        Three.Forgetting(0, 1).Should().BeApproximately(0.4, 1e-15);
        Three.Forgetting(0).Should().BeApproximately(0.3, 1e-15);
        Three.Forgetting(1).Should().BeApproximately(0.4, 1e-15);
        Three.AverageForgetting(1).Should().BeApproximately(0.4, 1e-15);
        Three.AverageForgetting().Should().BeApproximately(0.35, 1e-15);
    }

    [Fact]
    public void The_best_may_lie_before_the_task_was_learned_and_the_present_may_be_the_best()
    {
        var matrix = new AccuracyMatrix(new[,] { { 0.5, 0.9, 0 }, { 0.6, 0.7, 0 }, { 0.8, 0.6, 0 } });
        matrix.Forgetting(1).Should().BeApproximately(0.3, 1e-15);
        matrix.Forgetting(0).Should().BeApproximately(-0.2, 1e-15);
    }

    // R = [[0.54, -], [0.64, 0.64]]: Mammoth says 0, and Avalanche -0.10 as the negative of backward transfer.
    [Fact]
    public void Forgetting_is_negative_where_a_task_is_known_better_than_ever()
    {
        var matrix = new AccuracyMatrix(new[,] { { 0.54, None }, { 0.64, 0.64 } });
        matrix.AverageForgetting().Should().BeApproximately(-0.10, 1e-15);
        matrix.BackwardTransfer().Should().BeApproximately(0.10, 1e-15);
    }

    [Fact]
    public void Transfer_goes_backward_and_forward()
    {
        // ((0.6 - 0.9) + (0.4 - 0.8)) / 2 and ((0.3 - 0.25) + (0.4 - 0.25)) / 2
        Three.BackwardTransfer().Should().BeApproximately(-0.35, 1e-15);
        Three.ForwardTransfer().Should().BeApproximately(0.1, 1e-15);
        Three.Intransigence(1, 0.95).Should().BeApproximately(0.15, 1e-15);
    }

    [Fact]
    public void The_forgetting_matrix_has_the_forgetting_of_each_task_below_the_diagonal()
    {
        var expected = new[,] { { None, None, None }, { 0.4, None, None }, { 0.3, 0.4, None } };
        Three.ForgettingMatrix().Cast<double>().Zip(expected.Cast<double>()).Should()
            .OnlyContain(pair => double.IsNaN(pair.Second) ? double.IsNaN(pair.First) : Math.Abs(pair.First - pair.Second) < 1e-15);
    }

    [Fact]
    public void What_was_not_measured_disturbs_only_what_needs_it()
    {
        var lower = new AccuracyMatrix(new[,] { { 0.9, None, None }, { 0.5, 0.8, None }, { 0.6, 0.4, 0.7 } }, [0.25, 0.25, 0.25]);
        lower.AverageIncrementalAccuracy().Should().Be(Three.AverageIncrementalAccuracy());
        lower.AverageForgetting().Should().Be(Three.AverageForgetting());
        lower.BackwardTransfer().Should().Be(Three.BackwardTransfer());
        Refused(lower, m => m.ForwardTransfer(), "R[0, 1] is needed, but it was not measured.");

        var gap = new AccuracyMatrix(new[,] { { 0.9, 0.3 }, { None, 0.8 }, { 0.6, 0.4 } });
        gap.Forgetting(1).Should().BeApproximately(0.4, 1e-15);
        gap.AverageAccuracy().Should().Be(0.5);
        Refused(gap, m => m.Forgetting(0), "R[1, 0] is needed, but it was not measured.");
        Refused(gap, m => m.Forgetting(0, 1), "R[1, 0] is needed, but it was not measured.");
        Refused(gap, m => m.AverageIncrementalAccuracy(), "R[1, 0] is needed, but it was not measured.");

        var noBaseline = new AccuracyMatrix(new[,] { { 0.9, 0.3 }, { 0.5, 0.8 } }, [0.25, None]);
        Refused(noBaseline, m => m.ForwardTransfer(), "b[1] is needed, but it was not measured.");
        noBaseline.BackwardTransfer().Should().BeApproximately(-0.4, 1e-15);
    }

    [Fact]
    public void There_may_be_fewer_evaluations_than_tasks_and_more()
    {
        var started = new AccuracyMatrix(new[,] { { 0.9, 0.3, 0.2 }, { 0.5, 0.8, 0.4 } }, [0.25, 0.25, None]);
        started.AverageAccuracy().Should().BeApproximately(0.65, 1e-15);
        started.BackwardTransfer().Should().BeApproximately(-0.4, 1e-15);
        started.ForwardTransfer().Should().BeApproximately(0.05, 1e-15);
        started.AverageForgetting().Should().BeApproximately(0.4, 1e-15);
        started.Invoking(m => m.Intransigence(2, 1)).Should().Throw<ArgumentOutOfRangeException>();

        var longer = new AccuracyMatrix(new[,] { { 0.9, 0.3 }, { 0.5, 0.8 }, { 0.7, 0.6 } });
        longer.AverageAccuracy().Should().BeApproximately(0.65, 1e-15);
        longer.AverageForgetting().Should().BeApproximately(0.2, 1e-15);
        longer.BackwardTransfer().Should().BeApproximately(-0.2, 1e-15);
    }

    [Fact]
    public void One_task_alone_can_neither_be_forgotten_nor_transfer()
    {
        var one = new AccuracyMatrix(new[,] { { 0.9 } }, [0.1]);
        one.AverageAccuracy().Should().Be(0.9);
        Refused(one, m => m.AverageForgetting(), "Nothing was learned before evaluation 0, so nothing can be forgotten by then.");
        Refused(one, m => m.BackwardTransfer(), "Transfer is between tasks, but only 1 was learned: 2 are needed.");
        Refused(one, m => m.ForwardTransfer(), "Transfer is between tasks, but only 1 was learned: 2 are needed.");
        Refused(
            new AccuracyMatrix(new[,] { { 0.9 } }),
            m => m.ForwardTransfer(),
            "Forward transfer needs the baseline: the accuracy of the untrained model on each task.");
        one.Invoking(m => m.Forgetting(0)).Should().Throw<ArgumentOutOfRangeException>()
            .WithMessage("Task 0 was not learned before evaluation 0, so it cannot be forgotten by then.*");
    }

    [Fact]
    public void Bad_input_is_named()
    {
        FluentActions.Invoking(() => new AccuracyMatrix(null!)).Should().Throw<ArgumentNullException>();
        FluentActions.Invoking(() => new AccuracyMatrix(new double[0, 3])).Should().Throw<ArgumentException>()
            .WithMessage("The matrix is [0, 3]; it needs an evaluation and a task.*");
        FluentActions.Invoking(() => new AccuracyMatrix(new[,] { { 0.5, 1.01 } })).Should().Throw<ArgumentOutOfRangeException>()
            .WithMessage("R[0, 1] is 1.01; accuracies are fractions from 0 to 1, or NaN.*");
        FluentActions.Invoking(() => new AccuracyMatrix(new[,] { { -0.1 } })).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => new AccuracyMatrix(new[,] { { double.PositiveInfinity } })).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => new AccuracyMatrix(new[,] { { 0.5 } }, [0.1, 0.2])).Should().Throw<ArgumentException>()
            .WithMessage("The baseline has 2 tasks, the matrix 1.*");
        FluentActions.Invoking(() => new AccuracyMatrix(new[,] { { 0.5 } }, [2])).Should().Throw<ArgumentOutOfRangeException>()
            .WithMessage("b[0] is 2;*").WithParameterName("baseline");
        Three.Invoking(m => m[3, 0]).Should().Throw<ArgumentOutOfRangeException>();
        Three.Invoking(m => m[0, -1]).Should().Throw<ArgumentOutOfRangeException>();
        Three.Invoking(m => m.AverageAccuracy(3)).Should().Throw<ArgumentOutOfRangeException>();
        Three.Invoking(m => m.Forgetting(3)).Should().Throw<ArgumentOutOfRangeException>();
        Three.Invoking(m => m.Intransigence(0, 1.5)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("reference");
    }

    [Fact]
    public void It_is_a_value_and_cannot_be_changed_from_outside()
    {
        var accuracies = new[,] { { 0.5, None } };
        var baseline = new[] { 0.1, None };
        var matrix = new AccuracyMatrix(accuracies, baseline);
        var same = new AccuracyMatrix(accuracies, baseline);
        matrix.Equals(same).Should().BeTrue();
        matrix.GetHashCode().Should().Be(same.GetHashCode());
        matrix.Equals(new AccuracyMatrix(accuracies)).Should().BeFalse();
        matrix.Equals(new AccuracyMatrix(new[,] { { 0.5 }, { None } })).Should().BeFalse();
        accuracies[0, 0] = 0.9;
        baseline[0] = 0.9;
        matrix[0, 0].Should().Be(0.5);
        matrix.Baseline![0].Should().Be(0.1);
        double.IsNaN(matrix[0, 1]).Should().BeTrue();
    }

    [Fact]
    public void The_forgetting_matrix_agrees_with_forgetting_entry_by_entry() =>
        Matrices.Sample(matrix =>
        {
            var forgetting = matrix.ForgettingMatrix();
            for (var evaluation = 0; evaluation < matrix.EvaluationCount; evaluation++)
            {
                for (var task = 0; task < matrix.TaskCount; task++)
                {
                    forgetting[evaluation, task].Should().Be(OrNaN(() => matrix.Forgetting(task, evaluation)));
                }
            }
        });

    [Fact]
    public void Where_no_task_is_known_better_than_when_it_was_learned_forgetting_is_backward_transfer_turned_round() =>
        Gen.Double[0, 1].Array2D[5, 5].Sample(values =>
        {
            for (var task = 0; task < 5; task++)
            {
                for (var evaluation = 0; evaluation < 5; evaluation++)
                {
                    values[evaluation, task] = Math.Min(values[evaluation, task], values[task, task]);
                }
            }

            var matrix = new AccuracyMatrix(values);
            matrix.AverageForgetting().Should().BeApproximately(-matrix.BackwardTransfer(), 1e-12);
        });

    private static Gen<AccuracyMatrix> Matrices =>
        from rows in Gen.Int[1, 5]
        from columns in Gen.Int[1, 5]
        from values in Gen.Frequency((3, Gen.Double[0, 1]), (1, Gen.Const(double.NaN))).Array2D[rows, columns]
        select new AccuracyMatrix(values);

    private static double OrNaN(Func<double> metric)
    {
        try
        {
            return metric();
        }
        catch (Exception inner) when (inner is InvalidOperationException or ArgumentOutOfRangeException)
        {
            return double.NaN;
        }
    }

    private static void Refused(AccuracyMatrix matrix, Func<AccuracyMatrix, double> metric, string message) =>
        matrix.Invoking(m => metric(m)).Should().Throw<InvalidOperationException>().Which.Message.Should().Be(message);
}
