using FluentAssertions;
using PaperCurves.Experiments;
using PaperCurves.Pretraining;
using PaperCurves.Report;
using Xunit;

namespace PaperCurves.Tests.Report;

public sealed class CurveTests
{
    [Fact]
    public void Every_point_takes_the_learning_rate_with_the_highest_mean()
    {
        ResultRow[] rows =
        [
            Row(1e-3, trial: 0, x: 1, 30), Row(1e-3, 1, 1, 40), Row(1e-4, 0, 1, 10), Row(1e-4, 1, 1, 20),
            Row(1e-3, trial: 0, x: 9, 50), Row(1e-3, 1, 9, 52), Row(1e-4, 0, 9, 70), Row(1e-4, 1, 9, 74),
        ];

        var curve = Curve.BestPerPoint(rows).Should().ContainSingle().Subject;

        curve.Protocol.Should().Be(Protocol.Iid);
        curve.Arm.Should().Be(Arm.Zap);
        curve.Points.Select(point => (point.X, point.Mean, point.LearningRate)).Should().Equal((1, 35, 1e-3), (9, 72, 1e-4));
        curve.Points[0].Sd.Should().BeApproximately(Math.Sqrt(50), 1e-9, "the sample standard deviation of 30 and 40");
        curve.Points[0].Trials.Should().Be(2);
    }

    [Fact]
    public void A_learning_rate_with_fewer_trials_never_wins()
    {
        var curve = Curve.BestPerPoint([Row(1e-3, 0, 1, 30), Row(1e-3, 1, 1, 30), Row(1e-4, 0, 1, 99)]).Single();
        curve.Points.Single().LearningRate.Should().Be(1e-3);
    }

    [Fact]
    public void Published_curves_are_the_ones_of_the_paper()
    {
        At(Method.Iid, Protocol.SequentialHead, Arm.None, 600).Should().BeApproximately(42.0, 0.1);
        At(Method.Iid, Protocol.SequentialHead, Arm.Zap, 600).Should().BeApproximately(56.4, 0.1);
        At(Method.Iid, Protocol.Iid, Arm.None, 15).Should().BeApproximately(33.4, 0.1);
        At(Method.Iid, Protocol.Iid, Arm.Zap, 180).Should().BeApproximately(78.4, 0.1);
        At(Method.Iid, Protocol.Iid, Arm.Zap, 2).Should().BeNull();
        At(Method.Asb, Protocol.SequentialHead, Arm.Zap, 600).Should().BeApproximately(57.0, 0.1);
        At(Method.MetaAsb, Protocol.SequentialHead, Arm.Zap, 600).Should().BeApproximately(67.6, 0.1);
        At(Method.MetaAsb, Protocol.Iid, Arm.None, 180).Should().BeApproximately(68.7, 0.1);

        static double? At(Method method, Protocol protocol, Arm arm, int x) => PublishedFigures.At(method, protocol, arm, x)?.Percent;
    }

    [Fact]
    public void Results_survive_the_way_through_the_file()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory().FullName, "results.csv");
        using (var file = new ResultsFile(path, "SyntheticGlyphs", Method.Asb, Preset.Quick))
        {
            file.Add([new TransferPoint(Arm.Zap, Protocol.SequentialHead, 3e-4, 2, 50, 0.123456)]);
        }

        var row = ResultsFile.Read(path).Should().ContainSingle().Subject;
        row.Should().Be(ResultRow.From(
            new TransferPoint(Arm.Zap, Protocol.SequentialHead, 3e-4, 2, 50, 0.123456), "SyntheticGlyphs", Method.Asb, Preset.Quick));
        row.QueryAccuracyPercent.Should().Be(12.346);
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    private static ResultRow Row(double learningRate, int trial, int x, double percent) => ResultRow.From(
        new TransferPoint(Arm.Zap, Protocol.Iid, learningRate, trial, x, percent / 100), "Omniglot", Method.Iid, Preset.Smoke);
}
