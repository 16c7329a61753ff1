using FluentAssertions;
using PaperCurves.Files;
using PaperCurves.Pretraining;
using PaperCurves.Report.Live;
using PaperCurves.Report.Published;
using PaperCurves.Sweeps;
using Xunit;

namespace PaperCurves.Tests.Report.Live;

public sealed class CurveTests
{
    [Fact]
    public void Without_held_out_classes_every_point_takes_the_learning_rate_with_the_highest_mean()
    {
        CellResult[] results = [Test(1e-3, trial: 1, (1, 30), (9, 50)), Test(1e-3, 2, (1, 40), (9, 52)), Test(1e-4, 1, (1, 10), (9, 70)), Test(1e-4, 2, (1, 20), (9, 74))];

        var curve = Curve.Of(results).Should().ContainSingle().Subject;

        (curve.Kind, curve.Arm, curve.Selection).Should().Be((TransferKind.IidUnfrozen, Arm.Zap, RateSelection.Oracle));
        curve.Points.Select(point => (point.X, Math.Round(point.Query.Mean, 9), point.LearningRates.Single())).Should().Equal((1, 35, 1e-3), (9, 72, 1e-4));
        curve.Points[0].Query.Sd.Should().BeApproximately(Math.Sqrt(50), 1e-9, "the sample standard deviation of 30 and 40");
    }

    [Fact]
    public void Each_trial_takes_the_learning_rate_of_its_held_out_classes_though_another_does_better_on_the_test()
    {
        CellResult[] results =
        [
            HeldOut(1e-3, trial: 1, (9, 60)), HeldOut(1e-4, 1, (9, 50)), Test(1e-3, 1, (9, 20)), Test(1e-4, 1, (9, 90)),
            HeldOut(1e-3, trial: 2, (9, 40)), HeldOut(1e-4, 2, (9, 50)), Test(1e-4, 2, (9, 30)),
        ];

        var curve = Curve.Of(results).Should().ContainSingle().Subject;

        curve.Selection.Should().Be(RateSelection.Validation);
        var point = curve.Points.Should().ContainSingle().Subject;
        point.Query.Values.Select(value => (value.Trial, value.Percent)).Should().Equal((1, 20), (2, 30));
        point.LearningRates.Should().Equal(1e-4, 1e-3);
    }

    [Fact]
    public void A_trial_is_left_out_until_it_has_chosen_and_tested()
    {
        CellResult[] results = [HeldOut(1e-3, trial: 1, (9, 60)), Test(1e-3, 1, (9, 20)), Test(1e-3, trial: 2, (9, 30)), HeldOut(1e-3, trial: 3, (9, 60))];

        Curve.Of(results).Single().Points.Single().Query.Values.Select(value => value.Trial).Should().Equal(1);
        Curve.Of([results[^1]]).Should().BeEmpty();
    }

    [Fact]
    public void One_learning_rate_is_no_choice() => Curve.Of([Test(1e-3, 1, (1, 30))]).Single().Selection.Should().BeNull();

    [Fact]
    public void Published_curves_are_the_ones_of_the_paper()
    {
        At(Method.Iid, TransferKind.SequentialHead, Arm.None, 600).Should().BeApproximately(42.0, 0.1);
        At(Method.Iid, TransferKind.SequentialHead, Arm.Zap, 600).Should().BeApproximately(56.4, 0.1);
        At(Method.Iid, TransferKind.IidUnfrozen, Arm.None, 15).Should().BeApproximately(33.4, 0.1);
        At(Method.Iid, TransferKind.IidUnfrozen, Arm.Zap, 180).Should().BeApproximately(78.4, 0.1);
        At(Method.Iid, TransferKind.IidUnfrozen, Arm.Zap, 2).Should().BeNull();
        At(Method.Iid, TransferKind.IidUnfrozen, Arm.Recommended, 180).Should().BeNull("the paper has no such resets");
        At(Method.Asb, TransferKind.SequentialHead, Arm.Zap, 600).Should().BeApproximately(57.0, 0.1);
        At(Method.MetaAsb, TransferKind.SequentialHead, Arm.Zap, 600).Should().BeApproximately(67.6, 0.1);
        At(Method.MetaAsb, TransferKind.IidUnfrozen, Arm.None, 180).Should().BeApproximately(68.7, 0.1);

        static double? At(Method method, TransferKind kind, Arm arm, int x) => PublishedFigures.At(method, kind, arm, x)?.Percent;
    }

    [Fact]
    public void Rows_are_those_of_the_cells_trial_by_trial_and_survive_the_way_through_the_file()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory().FullName, "results.csv");
        CellResult[] results =
        [
            Test(3e-3, trial: 2, (5, 12.345)),
            Test(3e-3, trial: 1, (5, 20)),
            SomeCurves.Result(Arm.Zap, TransferKind.SequentialHead, ClassPool.Validation, 1e-3, 1, (1, 100), (6, 40)),
        ];

        CsvLog<ResultRow>.Write(path, ResultRow.Of(results, Preset.Smoke));

        CsvLog<ResultRow>.Read(path).Select(row => (row.Preset, row.Transfer, row.Reset, row.Pool, row.Trial, row.XAxis, row.X, row.QueryAccuracyPercent)).Should().Equal(
            ("smoke", "sequential-head", "zap", "validation", 0, "classes_seen", 1, 100),
            ("smoke", "sequential-head", "zap", "validation", 0, "classes_seen", 6, 40),
            ("smoke", "iid-unfrozen", "zap", "test", 0, "step", 5, 20),
            ("smoke", "iid-unfrozen", "zap", "test", 1, "step", 5, 12.345));
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    private static CellResult Test(double rate, int trial, params (int X, double Percent)[] points) => SomeCurves.Result(Arm.Zap, TransferKind.IidUnfrozen, ClassPool.Test, rate, trial, points);

    private static CellResult HeldOut(double rate, int trial, params (int X, double Percent)[] points) => SomeCurves.Result(Arm.Zap, TransferKind.IidUnfrozen, ClassPool.Validation, rate, trial, points);
}
