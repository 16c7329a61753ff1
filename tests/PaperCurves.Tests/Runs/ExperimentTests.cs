using FluentAssertions;
using PaperCurves.Pretraining;
using PaperCurves.Runs;
using PaperCurves.Sweeps;
using Xunit;
using Zapping.Datasets;

namespace PaperCurves.Tests.Runs;

public sealed class ExperimentTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("papercurves-experiment-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(41, 12, "pre-training leaves out 1 of 41")]
    [InlineData(40, 17, "there are 17 that pre-training does not see")]
    [InlineData(100, 11, "there are 11 that pre-training does not see")]
    public void Data_with_too_few_classes_is_refused_before_anything_is_trained(int training, int transfer, string message)
    {
        var data = SyntheticGlyphs.Create(training, transfer, ct: TestContext.Current.CancellationToken);

        FluentActions.Invoking(() => Experiment.EnsureAllowed(Settings(Preset.Smoke), data)).Should().Throw<DataException>().WithMessage($"*{message}*");

        _folder.EnumerateFileSystemInfos().Should().BeEmpty();
    }

    [Fact]
    public void Each_trial_tests_the_rate_alone_that_its_held_out_classes_prefer()
    {
        // At 1e-9 nothing is learned, so the choice is known, whatever the other rate does on so few images.
        var preset = Preset.Smoke with { Trials = 1, HeadLearningRates = [1e-9, 3e-3], IidLearningRates = [] };
        var points = Run(preset, []);

        foreach (var arm in Enum.GetValues<Arm>())
        {
            var keys = points.Select(point => point.Key).Where(key => key.Arm == arm).Distinct().ToList();
            keys.Where(key => key.Pool == ClassPool.Validation).Select(key => key.LearningRate).Should().Equal(1e-9, 3e-3);
            keys.Where(key => key.Pool == ClassPool.Test).Select(key => key.LearningRate).Should().Equal(3e-3);
        }

        var heldOut = points.Where(point => point.Key.Pool == ClassPool.Validation).ToList();
        var again = Run(preset, heldOut);
        again.Should().OnlyContain(point => point.Key.Pool == ClassPool.Test, "the choice is read off what is there");
        heldOut.Concat(again).Should().BeEquivalentTo(points);
    }

    [Fact]
    public void Without_held_out_classes_every_rate_is_tested_as_published()
    {
        var points = Run(Preset.Smoke with { Trials = 1, HeldOutClasses = 0, IidLearningRates = [] }, []);

        points.Select(point => point.Key).Distinct().Should().HaveCount(3 * 2, "3 arms, 2 rates")
            .And.OnlyContain(key => key.Pool == ClassPool.Test);
    }

    private List<TransferPoint> Run(Preset preset, IEnumerable<TransferPoint> made)
    {
        var data = SyntheticGlyphs.Create(preset.DrawnClasses, preset.TransferClasses, ct: TestContext.Current.CancellationToken);
        var experiment = new Experiment(Settings(preset), data, new SilentProgress(), made);
        var points = new List<TransferPoint>();
        experiment.Transferred += points.AddRange;
        experiment.Run(CancellationToken.None);
        return points;
    }

    private RunSettings Settings(Preset preset) => new(
        preset, Method.Iid, Width: null, Seed: 1, "cpu", Threads: 1, _folder.FullName, FirstTrial: 0, Pretrained: null, Resume: false);
}
