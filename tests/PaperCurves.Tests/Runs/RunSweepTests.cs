using FluentAssertions;
using PaperCurves.Pretraining;
using PaperCurves.Runs;
using PaperCurves.Sweeps;
using Xunit;
using Zapping.Datasets;

namespace PaperCurves.Tests.Runs;

public sealed class RunSweepTests : IDisposable
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

        FluentActions.Invoking(() => new RunSweep(Settings(Preset.Smoke), data).EnsureAllowed()).Should().Throw<DataException>().WithMessage($"*{message}*");

        _folder.EnumerateFileSystemInfos().Should().BeEmpty();
    }

    [Fact]
    public void Each_trial_tests_the_rate_alone_that_its_held_out_classes_prefer()
    {
        // At 1e-9 nothing is learned, so the choice is known, whatever the other rate does on so few images.
        var preset = Preset.Smoke with { Trials = 1, HeadLearningRates = [1e-9, 3e-3], IidLearningRates = [] };
        var first = Run(preset);

        foreach (var arm in Enum.GetValues<Arm>())
        {
            var cells = first.Where(cell => cell.Network == arm.Key()).ToList();
            cells.Where(cell => cell.Pool == ClassPool.Validation).Select(cell => cell.LearningRate).Should().BeEquivalentTo(new double?[] { 1e-9, 3e-3 });
            cells.Where(cell => cell.Pool == ClassPool.Test).Select(cell => cell.LearningRate).Should().Equal(3e-3);
        }

        var tests = Directory.GetFiles(_folder.FullName, "*-t1.json", SearchOption.AllDirectories);
        Array.ForEach(tests, File.Delete);
        var held = Directory.GetFiles(_folder.FullName, "*-validation.json", SearchOption.AllDirectories).ToDictionary(path => path, File.GetLastWriteTimeUtc, StringComparer.Ordinal);
        Run(preset).Select(Measured).Should().Equal(first.Select(Measured));
        held.Should().AllSatisfy(file => File.GetLastWriteTimeUtc(file.Key).Should().Be(file.Value, "the choice is read off what is there"));
    }

    [Fact]
    public void Without_held_out_classes_every_rate_is_tested_as_published() =>
        Run(Preset.Smoke with { Trials = 1, HeldOutClasses = 0, IidLearningRates = [] })
            .Should().HaveCount(3 * 2, "3 arms, 2 rates").And.OnlyContain(cell => cell.Pool == ClassPool.Test);

    private static (string Cell, double End) Measured(CellResult cell) => (cell.Cell, cell.Points[^1].Query.Top1);

    private IReadOnlyList<CellResult> Run(Preset preset)
    {
        var data = SyntheticGlyphs.Create(preset.DrawnClasses, preset.TransferClasses, ct: TestContext.Current.CancellationToken);
        var sweep = new RunSweep(Settings(preset), data);
        sweep.Run(new SilentProgress(), CancellationToken.None);
        return sweep.Results();
    }

    private RunSettings Settings(Preset preset) => new(
        preset, Method.Iid, Width: null, Seed: 1, "cpu", Threads: 1, _folder.FullName, FirstTrial: 0, Pretrained: null, Resume: false);
}
