using FluentAssertions;
using PaperCurves.Pretraining;
using PaperCurves.Sweeps;
using Xunit;
using Zapping.Datasets;
using Zapping.Training.Checkpoints;
using Zapping.Training.Initializers;
using static TorchSharp.torch;

namespace PaperCurves.Tests.Pretraining;

/// <summary>Every model by every method on images of noise: it trains, resumes to the bit and can be loaded again.</summary>
public sealed class PretrainingRunTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("papercurves-pretraining-");

    public static TheoryData<string, int, int, Method> Everything => new(
        from model in new[] { ("convnet", 28, 1), ("convnet", 84, 3), ("anml", 28, 1), ("oml", 84, 1), ("resnet18", 84, 3) }
        from method in Enum.GetValues<Method>()
        select (model.Item1, model.Item2, model.Item3, method));

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Without_validation_images_there_is_no_validation_accuracy_not_even_NaN()
    {
        var data = Noise(28, 1);
        var plan = PaperPlans.For("smoke", Method.Iid, "convnet", zap: false, data, seed: 3) with
        {
            Width = 16,
            Units = 6,
            BatchSize = 4,
            Length = 1,
            ImagesPerClass = data.Training.ImagesPerClass,
        };

        var result = PretrainingFolder.Complete(plan, data, _folder.FullName, CPU, new SilentProgress(), CancellationToken.None);

        (result.ValidationAccuracy, result.ValidationTop5).Should().Be((null, null));
        File.ReadAllText(Path.Combine(_folder.FullName, PretrainingFolder.RecordFile)).Should().Contain("\"validation_accuracy\": null").And.NotContain("NaN");
        PretrainingRecord.Find(_folder.FullName)!.Result.Should().Be(result);
    }

    [Theory]
    [MemberData(nameof(Everything))]
    public void A_resumed_network_is_the_one_trained_in_one_piece(string model, int size, int channels, Method method)
    {
        var data = Noise(size, channels);
        var plan = PaperPlans.For("smoke", method, model, zap: true, data, seed: 3) with
        {
            Width = 8,
            Units = 6,
            ZapRows = 6,
            BatchSize = 4,
            Length = method == Method.Iid ? 1 : 4,
            RememberImages = 3,
        };
        using var split = new PretrainingSplit(data, plan, CPU);
        using var whole = new PretrainingRun(plan, split, CPU);
        var result = whole.Train(new SilentProgress(), CancellationToken.None);
        result.TrainingLoss.Should().NotBeNull();
        double.IsFinite(result.TrainingLoss!.Value).Should().BeTrue();
        result.TrainingTop5.Should().BeInRange(result.TrainingAccuracy, 1);

        var checkpoints = Path.Combine(_folder.FullName, PretrainedNetwork.CheckpointFolder);
        using (var store = new CheckpointStore(checkpoints))
        using (var first = new PretrainingRun(plan with { Length = method == Method.Iid ? 0 : 2 }, split, CPU))
        {
            first.Train(new SilentProgress(), CancellationToken.None);
            first.Save(store);
        }

        using (var store = new CheckpointStore(checkpoints))
        using (var second = new PretrainingRun(plan, split, CPU))
        {
            second.UseCheckpoints(store, store.Checkpoints[0].Name);
            second.Save(store, second.Train(new SilentProgress(), CancellationToken.None));
            second.Steps.Should().Be(whole.Steps);
        }

        var (loaded, saved) = PretrainedNetwork.Load(_folder.FullName);
        using (loaded)
        {
            loaded.training.Should().BeFalse();
            saved!.Steps.Should().Be(result.Steps);
            foreach (var ((name, tensor), (_, expected)) in loaded.state_dict().Zip(whole.Model.state_dict()))
            {
                tensor.bytes.ToArray().Should().Equal(expected.bytes.ToArray(), name);
            }
        }
    }

    [Fact]
    public void A_record_that_was_lost_is_written_again_and_nothing_is_trained_for_it()
    {
        var data = Noise(28, 1);
        var plan = PaperPlans.For("smoke", Method.Iid, "convnet", zap: true, data, seed: 3) with { Width = 8, Units = 6, ZapRows = 6, BatchSize = 4, Length = 1 };
        var result = Complete();
        var record = Path.Combine(_folder.FullName, PretrainingFolder.RecordFile);
        var written = PretrainingRecord.Find(_folder.FullName)!.Result;
        File.Delete(record);
        var checkpoints = Directory.GetDirectories(Path.Combine(_folder.FullName, PretrainedNetwork.CheckpointFolder));

        Complete().Should().Be(result);

        PretrainingRecord.Find(_folder.FullName)!.Result.Should().Be(written).And.Be(result);
        Directory.GetDirectories(Path.Combine(_folder.FullName, PretrainedNetwork.CheckpointFolder)).Should().BeEquivalentTo(checkpoints);

        PretrainingResult Complete() => PretrainingFolder.Complete(plan, data, _folder.FullName, CPU, new SilentProgress(), CancellationToken.None);
    }

    [Theory]
    [InlineData("Step,Epoch,AfterZap,Loss,Accuracy,ValidationAccuracy\n1,0,False,6.9,0.5,\n2,0,Fal", 3)]
    [InlineData("Step,Epoch,AfterZap,Loss,Accuracy,ValidationAccuracy\n1,0,False,much,0.5,\n", 2)]
    [InlineData("nothing of the kind\n1\n", 1)]
    public void A_damaged_log_is_refused_with_its_line(string text, int line)
    {
        var path = Path.Combine(_folder.FullName, PretrainingRun.StepsFile);
        File.WriteAllText(path, text);

        var read = () => StepLog.Read(path);

        read.Should().Throw<DataException>().WithMessage($"{path}:{line}: damaged or cut short. Put the file back, or move it away");
        File.ReadAllText(path).Should().Be(text);
    }

    [Theory]
    [InlineData(Method.Asb, "convnet", true, 9000, 1e-3, 1e-3, 15)]
    [InlineData(Method.Asb, "convnet", false, 9000, 1e-3, 1e-3, 15)]
    [InlineData(Method.MetaAsb, "convnet", true, 25_000, 1e-2, 1e-3, 15)]
    [InlineData(Method.MetaAsb, "convnet", false, 25_000, 1e-3, 1e-3, 15)]
    [InlineData(Method.MetaAsb, "anml", true, 25_000, 0.1, 1e-3, 20)]
    [InlineData(Method.MetaAsb, "oml", true, 25_000, 0.03, 1e-4, 20)]
    [InlineData(Method.Iid, "convnet", true, 10, 1e-3, 3e-3, 15)]
    public void The_paper_preset_has_the_published_numbers(Method method, string model, bool zap, int length, double inner, double outer, int images)
    {
        var plan = PaperPlans.For("paper", method, model, zap, Noise(28, 1, perClass: 20), seed: 1);
        (plan.Length, plan.LearningRate, plan.ImagesPerClass, plan.RememberImages, plan.Units, plan.Width).Should().Be((length, outer, images, 64, 1000, 256));
        if (method != Method.Iid)
        {
            plan.InnerLearningRate.Should().Be(inner);
        }
    }

    [Theory]
    [InlineData("paper", 256, 964, 1000, 10, 256, 3e-3)]
    [InlineData("quick", 64, 300, 1000, 10, 64, 1.5e-3)]
    [InlineData("smoke", 16, 40, 48, 2, 64, 3e-3)]
    public void Presets_of_drawings_are_pre_trained_as_the_documented_runs_were(
        string preset, int width, int classes, int units, int length, int batch, double learningRate)
    {
        var data = SyntheticGlyphs.Create(Preset.All.Single(each => each.Name == preset).DrawnClasses, 1, ct: TestContext.Current.CancellationToken);
        var plan = PaperPlans.For(preset, Method.Iid, "convnet", zap: true, data, seed: 7);
        plan.Should().Be(new PretrainingPlan
        {
            Preset = preset,
            Data = "SyntheticGlyphs",
            Method = Method.Iid,
            Zap = true,
            Width = width,
            Classes = classes,
            Units = units,
            ZapRows = units,
            ImagesPerClass = 15,
            Length = length,
            BatchSize = batch,
            LearningRate = learningRate,
            ZapFan = KaimingFan.AsPublished,
            Seed = 7,
            SaveEvery = plan.SaveEvery,
        });
    }

    [Fact]
    public void Colour_images_have_their_own_published_numbers()
    {
        var plan = PaperPlans.For("paper", Method.Iid, "resnet18", zap: true, Noise(84, 3, perClass: 600, size: 1), seed: 1);
        (plan.Optimizer, plan.LearningRate, plan.BatchSize, plan.ImagesPerClass, plan.RememberImages, plan.Length).Should().Be((OptimizerKind.SteppedSgd, 0.1, 128, 500, 100, 30));
    }

    [Fact]
    public void Plans_that_differ_say_in_what()
    {
        var plan = PaperPlans.For("quick", Method.Asb, "convnet", zap: true, Noise(28, 1), seed: 1);
        plan.DifferenceFrom(plan with { Seed = 2, Width = 7 }).Should().Be("Width is 64, not 7, Seed is 1, not 2");
        (plan with { Length = 1, SaveEvery = 9 }).Essence().Should().Be(plan.Essence());
    }

    private static ClassificationData Noise(int imageSize, int channels, int perClass = 8, int? size = null)
    {
        var pixels = size ?? imageSize;
        var random = new Random(5);
        return new ClassificationData("noise", "seed 5", Set(), Set());

        ImageSet Set()
        {
            var bytes = new byte[6 * perClass * channels * pixels * pixels];
            random.NextBytes(bytes);
            return new ImageSet([.. Enumerable.Range(0, 6).Select(i => $"class {i}")], perClass, pixels, bytes, channels);
        }
    }
}
