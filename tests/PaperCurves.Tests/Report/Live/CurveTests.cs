using FluentAssertions;
using PaperCurves.Pretraining;
using PaperCurves.Report.Live;
using PaperCurves.Report.Published;
using PaperCurves.Runs;
using PaperCurves.Sweeps;
using Xunit;
using Zapping.Datasets;

namespace PaperCurves.Tests.Report.Live;

public sealed class CurveTests
{
    [Fact]
    public void Without_held_out_classes_every_point_takes_the_learning_rate_with_the_highest_mean()
    {
        ResultRow[] rows =
        [
            Row(1e-3, trial: 0, x: 1, 30), Row(1e-3, 1, 1, 40), Row(1e-4, 0, 1, 10), Row(1e-4, 1, 1, 20),
            Row(1e-3, trial: 0, x: 9, 50), Row(1e-3, 1, 9, 52), Row(1e-4, 0, 9, 70), Row(1e-4, 1, 9, 74),
        ];

        var curve = Curve.Of(rows).Should().ContainSingle().Subject;

        (curve.Kind, curve.Arm, curve.Selection).Should().Be((TransferKind.IidUnfrozen, Arm.Zap, RateSelection.Oracle));
        curve.Points.Select(point => (point.X, Math.Round(point.Mean, 9), point.LearningRates.Single())).Should().Equal((1, 35, 1e-3), (9, 72, 1e-4));
        curve.Points[0].Sd.Should().BeApproximately(Math.Sqrt(50), 1e-9, "the sample standard deviation of 30 and 40");
        curve.Points[0].Trials.Keys.Should().Equal(0, 1);
    }

    [Fact]
    public void A_learning_rate_with_fewer_trials_never_wins()
    {
        var curve = Curve.Of([Row(1e-3, 0, 1, 30), Row(1e-3, 1, 1, 30), Row(1e-4, 0, 1, 99)]).Single();
        curve.Points.Single().LearningRates.Should().Equal(1e-3);
    }

    [Fact]
    public void Each_trial_takes_the_learning_rate_of_its_held_out_classes_though_another_does_better_on_the_test()
    {
        ResultRow[] rows =
        [
            HeldOut(1e-3, trial: 0, x: 9, 60), HeldOut(1e-4, 0, 9, 50), Row(1e-3, 0, 9, 20), Row(1e-4, 0, 9, 90),
            HeldOut(1e-3, trial: 1, x: 9, 40), HeldOut(1e-4, 1, 9, 50), Row(1e-4, 1, 9, 30),
        ];

        var curve = Curve.Of(rows).Should().ContainSingle().Subject;

        curve.Selection.Should().Be(RateSelection.Validation);
        var point = curve.Points.Should().ContainSingle().Subject;
        point.Trials.Should().BeEquivalentTo(new Dictionary<int, double> { [0] = 20, [1] = 30 });
        point.LearningRates.Should().Equal(1e-4, 1e-3);
    }

    [Fact]
    public void A_trial_is_left_out_until_it_has_chosen_and_tested()
    {
        var rows = new[] { HeldOut(1e-3, trial: 0, x: 9, 60), Row(1e-3, 0, 9, 20), Row(1e-3, trial: 1, x: 9, 30), HeldOut(1e-3, trial: 2, x: 9, 60) };

        Curve.Of(rows).Single().Points.Single().Trials.Keys.Should().Equal(0);
        Curve.Of([rows[^1]]).Should().BeEmpty();
    }

    [Fact]
    public void One_learning_rate_is_no_choice() => Curve.Of([Row(1e-3, 0, 1, 30)]).Single().Selection.Should().BeNull();

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
    public void Results_survive_the_way_through_the_file()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory().FullName, "results.csv");
        var points = Enum.GetValues<Arm>().Select((arm, i) => new TransferPoint(
            new TransferKey(arm, TransferKind.SequentialHead, i == 0 ? ClassPool.Validation : ClassPool.Test, 3e-4, Trial: 2), X: 50, 0.12346)).ToList();
        using (var file = new ResultsFile(path, "SyntheticGlyphs", Method.Asb, Preset.Quick))
        {
            file.Add(points);
        }

        var rows = ResultsFile.Read(path);
        rows.Should().Equal(points.Select(point => ResultRow.From(point, "SyntheticGlyphs", Method.Asb, Preset.Quick)));
        rows.Select(row => row.Point()).Should().BeEquivalentTo(points, options => options
            .Using<double>(accuracy => accuracy.Subject.Should().BeApproximately(accuracy.Expectation, 1e-12)).WhenTypeIs<double>());
        rows[0].Classes.Should().Be(Preset.Quick.HeldOutClasses);
        rows[1].Classes.Should().Be(Preset.Quick.TransferClasses);
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    [Fact]
    public void Results_of_an_earlier_version_are_refused_and_stay_as_they_are()
    {
        const string Earlier =
            "dataset,preset,pretraining,transfer,reset,classes,learning_rate,trial,x_axis,x,query_accuracy_percent\n"
            + "Omniglot,quick,iid,iid-unfrozen,zap,100,0.003,0,step,5,20.7\n";
        var path = Path.Combine(Directory.CreateTempSubdirectory().FullName, "results.csv");
        File.WriteAllText(path, Earlier);

        foreach (var use in new Action[] { () => ResultsFile.Read(path), () => new ResultsFile(path, "Omniglot", Method.Iid, Preset.Quick, keep: true).Dispose() })
        {
            use.Should().Throw<DataException>().WithMessage($"{path}:1: another version of the app wrote this file: there is no column 'pool'.*");
        }

        File.ReadAllText(path).Should().Be(Earlier);
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    private static ResultRow Row(double learningRate, int trial, int x, double percent) => Row(ClassPool.Test, learningRate, trial, x, percent);

    private static ResultRow HeldOut(double learningRate, int trial, int x, double percent) => Row(ClassPool.Validation, learningRate, trial, x, percent);

    private static ResultRow Row(ClassPool pool, double learningRate, int trial, int x, double percent) => ResultRow.From(
        new TransferPoint(new TransferKey(Arm.Zap, TransferKind.IidUnfrozen, pool, learningRate, trial), x, percent / 100), "Omniglot", Method.Iid, Preset.Smoke);
}
