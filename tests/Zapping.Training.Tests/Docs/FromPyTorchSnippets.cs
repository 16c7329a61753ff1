using FluentAssertions;
using Xunit;
using Zapping.Training.Data;
using Zapping.Training.Initializers;
using Zapping.Training.Safetensors;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static Zapping.Training.BoundaryKind;

namespace Zapping.Training.Tests.Docs;

/// <summary>The code of docs/guides/from-pytorch.md, compiled and run.</summary>
public sealed class FromPyTorchSnippets
{
    [Fact]
    public void The_papers_loop_runs()
    {
        using var model = Sequential(("body", Linear(12, 8)), ("relu", ReLU()), ("classifier", Linear(8, 6)));
        using var images = rand(40, 12);
        using var labels = randint(6, 40);
        const int ZapSize = 4;
        const int ZapRate = 2;
        const int Epochs = 5;

        // <papers-loop>
        using var optimizer = optim.Adam(model.parameters(), 3e-3);
        var zap = new ZapOptions
        {
            Head = HeadSelector.ByName("classifier"),
            Units = UnitSelection.Random(ZapSize),
            Weights = Initializer.KaimingNormal(KaimingFan.AsPublished), // std sqrt(2 / (k * D)); bias and moments are kept
        };
        using var trainer = new ContinualTrainer(model, optimizer)
            .UseZapping(every: new(EpochBoundary) { Period = ZapRate, SkipFirst = true, Seed = 1 }, zap);
        trainer.Fit(new ShuffledBatches(images, labels, batchSize: 256, seed: 1), Epochs);
        // </papers-loop>
        trainer.Schedulers[0].State.Resets.Should().Be(2, "before epochs 2 and 4, counted from 0");
    }

    [Fact]
    public void Weights_travel()
    {
        var folder = Directory.CreateTempSubdirectory("zapping-pytorch-").FullName;
        using var python = Sequential(("conv1", Linear(12, 8)), ("relu", ReLU()), ("fc", Linear(8, 6)));
        StateDict.Save(python, Path.Combine(folder, "from-python.safetensors"));
        using var model = Sequential(("body", Linear(12, 8)), ("relu", ReLU()), ("head", Linear(8, 6)));

        // <weights>
        var names = new StateDictKeyMap(("conv1", "body"), ("fc", "head")); // in the file, in the module
        var report = StateDict.Load(model, Path.Combine(folder, "from-python.safetensors"), names);
        Console.WriteLine($"{report.Loaded.Count} tensors");

        StateDict.Save(model, Path.Combine(folder, "for-python.safetensors"), names);
        // </weights>
        report.Loaded.Should().HaveCount(4);
        File.ReadAllBytes(Path.Combine(folder, "for-python.safetensors"))
            .Should().Equal(File.ReadAllBytes(Path.Combine(folder, "from-python.safetensors")));
        Directory.Delete(folder, recursive: true);
    }
}
