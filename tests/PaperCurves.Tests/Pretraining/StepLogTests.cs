using FluentAssertions;
using PaperCurves.Pretraining;
using Xunit;
using Zapping.Datasets;
using Zapping.Training;

namespace PaperCurves.Tests.Pretraining;

public sealed class StepLogTests : IDisposable
{
    private const string Header = "Step,Epoch,AfterZap,Loss,Accuracy,ValidationAccuracy\r\n";
    private const string One = "1,0,False,6.9,0.5,\r\n";
    private const string Two = "2,0,True,6.8,0.5,0.25\r\n";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("papercurves-log-");

    private string LogPath => Path.Combine(_folder.FullName, PretrainingRun.StepsFile);

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("")]
    [InlineData("Step,Ep")]
    [InlineData(Header)]
    public void A_log_whose_beginning_was_cut_short_is_begun_anew(string text)
    {
        File.WriteAllText(LogPath, text);
        Resume(steps: 0);
        File.ReadAllText(LogPath).Should().Be(Header);
    }

    [Theory]
    [InlineData(Header + One + Two + "3,0,Fal")]
    [InlineData(Header + One + Two + "3,0,False,6.7,0.5,\r\n")]
    [InlineData(Header + One + Two)]
    public void Going_on_drops_rows_that_are_made_again_and_the_one_that_a_kill_cut_short(string text)
    {
        File.WriteAllText(LogPath, text);

        Resume(steps: 2);

        File.ReadAllText(LogPath).Should().Be(Header + One + Two);
        _folder.GetFiles().Should().ContainSingle();
    }

    [Theory]
    [InlineData("1,0,False,NaN,0.5,\r\n")]
    [InlineData("1,0,False,6.9,Infinity,\r\n")]
    [InlineData("1,0,False,6.9,0.5,NaN\r\n")]
    public void A_log_that_says_NaN_is_damaged(string row)
    {
        File.WriteAllText(LogPath, Header + row);
        FluentActions.Invoking(() => StepLog.Read(LogPath)).Should().Throw<DataException>().WithMessage($"{LogPath}:2: damaged*");
    }

    [Theory]
    [InlineData("1,0,False,\"0,001\",0.5,\r\n")]
    [InlineData("1,0,False,6.9,\"1,000\",\r\n")]
    [InlineData("1,0,False, 6.9,0.5,\r\n")]
    [InlineData("1,0,False,6.9,0.5,0.5 \r\n")]
    [InlineData("1,0,False,∞,0.5,\r\n")]
    [InlineData("1,0,False,(6),0.5,\r\n")]
    [InlineData("\"1,000\",0,False,6.9,0.5,\r\n")]
    [InlineData("1e3,0,False,6.9,0.5,\r\n")]
    [InlineData(" 1,0,False,6.9,0.5,\r\n")]
    [InlineData("+1,0,False,6.9,0.5,\r\n")]
    [InlineData("-1,0,False,6.9,0.5,\r\n")]
    [InlineData("1,0x0,False,6.9,0.5,\r\n")]
    [InlineData("１,0,False,6.9,0.5,\r\n")]
    public void A_number_that_could_be_read_in_two_ways_is_damaged(string row)
    {
        File.WriteAllText(LogPath, Header + row);
        FluentActions.Invoking(() => StepLog.Read(LogPath)).Should().Throw<DataException>().WithMessage($"{LogPath}:2: damaged*");
    }

    [Fact]
    public void Going_on_with_a_log_that_is_damaged_elsewhere_is_refused_and_loses_nothing()
    {
        const string Text = Header + "1,0,False,much,0.5,\r\n" + Two;
        File.WriteAllText(LogPath, Text);

        var resume = () => Resume(steps: 2);

        resume.Should().Throw<DataException>().WithMessage($"{LogPath}:2: damaged or cut short. Put the file back, or move it away");
        File.ReadAllText(LogPath).Should().Be(Text);
    }

    private void Resume(long steps) =>
        new StepLog(LogPath, new TrainerState(steps, Epochs: 0, Classes: 0, Tasks: 0), () => null).Dispose();
}
