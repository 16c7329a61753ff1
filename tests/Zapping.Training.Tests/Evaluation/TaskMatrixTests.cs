using FluentAssertions;
using Xunit;
using Zapping.Training.Evaluation;

namespace Zapping.Training.Tests.Evaluation;

public sealed class TaskMatrixTests
{
    [Fact]
    public void Values_are_copied_in_and_out()
    {
        double[,] values = { { 1, double.NaN, 3 }, { 4, 5, 6 } };
        var matrix = new TaskMatrix(values);
        values[0, 0] = 9;
        matrix.ToArray()[1, 1] = 9;
        (matrix.RowCount, matrix.TaskCount, matrix[0, 0], matrix[0, 1], matrix[1, 2]).Should().Be((2, 3, 1.0, double.NaN, 6.0));
        matrix.ToArray().Should().BeEquivalentTo(new[,] { { 1, double.NaN, 3 }, { 4, 5, 6 } });
    }

    [Fact]
    public void Equal_are_matrices_of_one_shape_with_the_same_entries()
    {
        var matrix = new TaskMatrix(new[,] { { 1, double.NaN }, { 3, 4 } });
        matrix.Should().Be(new TaskMatrix(new[,] { { 1, double.NaN }, { 3, 4 } }));
        matrix.GetHashCode().Should().Be(new TaskMatrix(new[,] { { 1, double.NaN }, { 3, 4 } }).GetHashCode());
        matrix.Should().NotBe(new TaskMatrix(new[,] { { 1, double.NaN }, { 3, 5 } }));
        matrix.Should().NotBe(new TaskMatrix(new[,] { { 1, double.NaN, 3, 4 } }));
    }

    [Fact]
    public void Entries_that_are_not_there_are_refused()
    {
        FluentActions.Invoking(() => new TaskMatrix(new double[3, 0])).Should().Throw<ArgumentException>()
            .WithMessage("The matrix is [3, 0]; it needs a row and a task.*");
        var matrix = new TaskMatrix(new double[2, 3]);
        foreach (var (row, task) in new[] { (-1, 0), (2, 0), (0, -1), (0, 3) })
        {
            matrix.Invoking(m => m[row, task]).Should().Throw<ArgumentOutOfRangeException>();
        }
    }
}
