using System.Text.Json;
using FluentAssertions;
using PaperCurves.Files;
using PaperCurves.Pretraining;
using PaperCurves.Tests.Sweeps;
using Xunit;
using Zapping.Datasets;
using Zapping.Training.Checkpoints;
using static TorchSharp.torch;

namespace PaperCurves.Tests.Pretraining;

/// <summary>Wherever a process is killed, the same call brings the folder to its end.</summary>
public sealed class PretrainingFolderTests : IDisposable
{
    private static readonly ClassificationData Data = SweepSample.Noise(transferClasses: 6);

    // No checkpoint before the last.
    private static readonly PretrainingPlan Plan = PaperPlans.For("smoke", Method.Iid, "convnet", zap: true, Data, seed: 3) with
    {
        Classes = 4,
        Units = 6,
        ZapRows = 6,
        Width = 4,
        BatchSize = 30,
        Length = 1,
        SaveEvery = 1000,
    };

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("papercurves-pretraining-");

    private string RecordPath => Path.Combine(_folder.FullName, PretrainingFolder.RecordFile);

    private string Checkpoints => Path.Combine(_folder.FullName, PretrainedNetwork.CheckpointFolder);

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void The_record_is_the_last_thing_that_is_written()
    {
        Complete();
        File.GetLastWriteTimeUtc(RecordPath).Should().BeOnOrAfter(Directory.GetLastWriteTimeUtc(Checkpoints));
        _folder.GetFiles().Select(file => file.Name).Should().BeEquivalentTo(PretrainingFolder.RecordFile, PretrainingRun.StepsFile);
    }

    [Fact]
    public void A_lost_record_comes_back_with_the_circumstances_of_the_training()
    {
        using var split = new PretrainingSplit(Data, Plan, CPU);
        using (var store = new CheckpointStore(Checkpoints))
        using (var run = new PretrainingRun(Plan, split, CPU))
        {
            run.Save(store, run.Train(new SilentProgress(), CancellationToken.None));
        }

        var circumstances = JsonSerializer.Deserialize<Circumstances>(Checkpoint.Open(Checkpoints).Notes["circumstances"], JsonDefaults.Options)!;

        Complete().Should().Be(PretrainedNetwork.Load(_folder.FullName).Result);

        PretrainingRecord.Find(_folder.FullName)!.Circumstances.Should().BeEquivalentTo(circumstances);
        Directory.GetDirectories(Checkpoints).Should().ContainSingle("nothing is trained for it");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    public void A_record_that_is_there_stays_as_it_is_when_nothing_is_left_to_train(int length)
    {
        Complete();
        var text = File.ReadAllText(RecordPath).Replace("\"command_line\": \"", "\"command_line\": \"the first ", StringComparison.Ordinal);
        File.WriteAllText(RecordPath, text);

        Complete(Plan with { Length = length });

        File.ReadAllText(RecordPath).Should().Be(text);
    }

    [Fact]
    public void A_longer_training_gets_a_record_of_its_own()
    {
        Complete();
        Complete(Plan with { Length = 2 });
        PretrainingRecord.Find(_folder.FullName)!.Should().Match<PretrainingRecord>(record => record.Plan.Length == 2 && record.Result.Steps == 4);
    }

    [Theory]
    [InlineData("{", 1)]
    [InlineData("{}", 1)]
    [InlineData("null", 1)]
    [InlineData("{ \"plan\": null,\n\"data_source\": \"\", \"result\": null, \"circumstances\": null }", 1)]
    public void A_damaged_record_is_refused_with_its_line(string text, int line)
    {
        File.WriteAllText(RecordPath, text);
        var find = () => PretrainingRecord.Find(_folder.FullName);
        find.Should().Throw<DataException>().WithMessage($"{RecordPath}:{line}: this is no record of a pre-training (*). Move it away, and the same command makes it again");
    }

    private PretrainingResult Complete(PretrainingPlan? plan = null) =>
        PretrainingFolder.Complete(plan ?? Plan, Data, _folder.FullName, CPU, new SilentProgress(), CancellationToken.None);
}
