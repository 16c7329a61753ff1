using System.Globalization;
using FluentAssertions;
using Xunit;
using Zapping.Training.Evaluation;
using Zapping.Training.Tests.Shared;

namespace Zapping.Training.Tests.Evaluation;

[Collection(AloneCollection.Name)] // sets the culture
public sealed class PrintedResultsTests
{
    private static readonly AccuracyMatrix Matrix = new AccuracyMatrixBuilder(["cats", "dogs"]).Add(0, 0, 0.9).Add(1, 0, 0.5).Add(1, 1, 0.875).AddBaseline(1, 0.1).Build();

    [Fact]
    public void A_matrix_of_accuracies_is_a_table_with_names()
    {
        Matrix.ToString().Should().Be("after          cats    dogs\n(untrained)       -  10.0 %\ncats         90.0 %       -\ndogs         50.0 %  87.5 %");
        Matrix.ToMarkdown().Should().Be("| after | cats | dogs |\n| --- | ---: | ---: |\n| (untrained) | - | 10.0 % |\n| cats | 90.0 % | - |\n| dogs | 50.0 % | 87.5 % |\n");
        Matrix.ToCsv().Should().Be("after,cats,dogs\n(untrained),,0.1\ncats,0.9,\ndogs,0.5,0.875\n");
        Matrix.WithTaskNames("a|b", "c\nd").ToMarkdown().Should().StartWith("| after | a\\|b | c d |\n");
        Matrix.ToArray().Should().BeEquivalentTo(new[,] { { 0.9, double.NaN }, { 0.5, 0.875 } });
    }

    [Fact]
    public void Other_cultures_print_the_same()
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            var texts = Texts().ToList();
            CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = { NumberDecimalSeparator = ",", NegativeSign = "~", PercentSymbol = "/100" } };
            Texts().Should().Equal(texts);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }

        static IEnumerable<string> Texts()
        {
            var matrix = new TaskMatrix(new[,] { { 0.5, double.NaN }, { 1234.5678, -1e-9 } });
            var scores = new TaskScores([0.25, 1], [1.5, double.NaN]);
            var curve = RecoveryCurve.Cut([new(0, 0.8), new(5, 0.5), new(7, 0.75)], [5])[0];
            return [$"{Matrix}", Matrix.ToCsv(), $"{matrix}", matrix.ToCsv(), matrix.ToMarkdown(), $"{scores}", scores.ToCsv(), scores.ToMarkdown(), $"{curve}", curve.ToCsv(), curve.ToMarkdown()];
        }
    }

    [Fact]
    public void Other_results_print_themselves_too()
    {
        new TaskMatrix(new[,] { { 0.5, double.NaN } }).ToString().Should().Be("row    0  1\n0    0.5  -");
        new TaskScores([0.25, 1], [1.5, double.NaN]).ToCsv(["a", "b"]).Should().Be("task,accuracy,loss\na,0.25,1.5\nb,1,\n");
        var curve = RecoveryCurve.Cut([new(0, 0.8), new(5, 0.5), new(7, 0.75)], [5])[0];
        curve.ToCsv().Should().Be("step,since,level\n5,0,0.5\n7,2,0.75\n");
        curve.ToMarkdown().Should().EndWith("| 5 | 0.8 | 0.3 | 0.5 | 0.35 | 2 |\n");
        new TaskScores([1], [1]).Invoking(s => s.ToMarkdown(["a", "b"])).Should().Throw<ArgumentException>().WithMessage("There are 2 names of a task for 1 of them*");
    }

    [Fact]
    public void What_a_builder_is_not_given_is_not_measured()
    {
        var builder = new AccuracyMatrixBuilder(3).Add(2, 1, 0.5);
        var matrix = builder.Build();
        (matrix.EvaluationCount, matrix.TaskCount, matrix.Baseline, matrix.TaskNames).Should().Be((3, 3, null, null));
        matrix.ToArray().Cast<double>().Count(double.IsNaN).Should().Be(8);
        builder.Invoking(b => b.Add(2, 1, 0.5)).Should().Throw<ArgumentException>().WithMessage("*was added before*");
        builder.Invoking(b => b.Add(0, 3, 0.5)).Should().Throw<ArgumentOutOfRangeException>();
        builder.Invoking(b => b.Add(0, 0, 1.5)).Should().Throw<ArgumentOutOfRangeException>();
        new AccuracyMatrixBuilder(1).Invoking(b => b.Build()).Should().Throw<InvalidOperationException>();
    }

    [Fact]
    public void Large_confusion_matrices_say_the_most_frequent_mistakes()
    {
        var counts = new long[30, 30];
        (counts[3, 5], counts[7, 1], counts[2, 2]) = (4, 9, 100);
        var matrix = new ConfusionMatrix(counts);
        matrix.MostFrequent(5).Should().Equal(new Confusion(7, 1, 9), new Confusion(3, 5, 4));
        matrix.ToString().Should().Be("true  predicted  examples\n7             1         9\n3             5         4");
        matrix.ToCsv().Split('\n').Should().HaveCount(32);
    }
}
