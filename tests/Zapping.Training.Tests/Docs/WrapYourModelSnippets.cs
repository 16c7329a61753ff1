using FluentAssertions;
using Xunit;
using Zapping.Training.Data;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static Zapping.Training.BoundaryKind;

namespace Zapping.Training.Tests.Docs;

/// <summary>The code of docs/guides/wrap-your-own-model.md, compiled and run.</summary>
public sealed class WrapYourModelSnippets
{
    [Fact]
    public void A_model_of_ones_own_is_zapped()
    {
        // <own-model-use>
        using var model = new TwoLayers(inputs: 12, classes: 5);
        using var optimizer = optim.Adam(model.parameters(), 1e-3); // after model.to(device), if there is one
        using var trainer = new ContinualTrainer(model, optimizer)
            .UseZapping(every: ClassBoundary, zap => zap.Head = HeadSelector.ByName("classifier"));
        // </own-model-use>
        trainer.BeginClass(3);
        trainer.Schedulers[0].State.Resets.Should().Be(1);
    }

    [Fact]
    public void Several_heads_are_zapped_one_a_task()
    {
        // <multi-head>
        using var model = new OneHeadATask(inputs: 12, classesOfTask: [3, 4]);
        using var optimizer = optim.Adam(model.parameters(), 1e-3);
        using var trainer = new ContinualTrainer(model, optimizer).UseZapping(every: TaskBoundary, zap =>
        {
            zap.Head = HeadSelector.PerBoundary(boundary => HeadSelector.ByName($"heads.{boundary.Index}"));
            zap.Units = UnitSelection.All; // the task's class ids are not the rows of its own head
        });
        // </multi-head>
        var written = new List<string>();
        trainer.Schedulers[0].ResetCompleted += report => written.AddRange(report.Parameters.Select(rewrite => rewrite.Parameter));
        trainer.BeginTask(0, 1, 2);
        trainer.BeginTask(3, 4, 5, 6);
        written.Should().Equal("heads.0.weight", "heads.1.weight");
    }

    [Fact]
    public void A_frozen_backbone_stays_as_it_is()
    {
        using var backbone = Sequential(("conv", Conv2d(1, 4, 3)), ("relu", ReLU()), ("flatten", Flatten()));
        using var images = rand(6, 1, 5, 5);
        using var labels = randint(3, 6);
        var before = Nets.Bits(backbone);

        // <frozen>
        using var head = Linear(36, 3);
        using var model = Sequential(("backbone", backbone), ("head", head));
        foreach (var parameter in backbone.parameters())
        {
            parameter.requires_grad = false;
        }

        backbone.eval(); // or batch normalization goes on counting; the trainer does not change the mode
        using var optimizer = optim.Adam(head.parameters(), 1e-3);
        using var trainer = new ContinualTrainer(model, optimizer)
            .UseZapping(every: EpochBoundary, zap => zap.Head = HeadSelector.Layer(head));
        trainer.Fit(new ShuffledBatches(images, labels, batchSize: 2), epochs: 2);
        // </frozen>

        Nets.Bits(backbone).Should().BeEquivalentTo(before);

        // <features-once>
        Tensor features;
        using (no_grad())
        {
            features = backbone.call(images);
        }

        using var headTrainer = new ContinualTrainer(head, optimizer);
        headTrainer.Fit(new ShuffledBatches(features, labels, batchSize: 2), epochs: 2);
        // </features-once>
        features.Dispose();
        headTrainer.State.Steps.Should().Be(6);
    }

    [Fact]
    public void A_transformer_is_zapped()
    {
        // <transformer-use>
        using var model = new TextClassifier(words: 100, classes: 4);
        using var optimizer = optim.AdamW(model.parameters(), 3e-4);
        using var trainer = new ContinualTrainer(model, optimizer)
            .UseGradientClipping(1)
            .UseZapping(every: EpochBoundary, zap => zap.Head = HeadSelector.ByName("head"));
        // </transformer-use>
        using var sentences = randint(100, [6, 7]);
        using var labels = randint(4, 6);
        trainer.Fit(new ShuffledBatches(sentences, labels, batchSize: 3), epochs: 1);
        trainer.Schedulers[0].State.Resets.Should().Be(1);
    }

    [Fact]
    public void A_tied_head_is_zapped_if_that_is_meant()
    {
        using var model = new NextWord(words: 10);
        using var optimizer = optim.SGD(model.parameters(), 0.1);
        // <tied>
        var options = new ZapOptions { Head = HeadSelector.ByName("head"), Units = UnitSelection.Indices(3), AllowSharedWeights = true };
        // </tied>
        var before = Nets.RowBits(model.get_parameter("embedding.weight")!, 3);
        var scheduler = new ZapScheduler(model, [optimizer], new ZapPolicy(options), new ResetSchedule(StepBoundary));
        scheduler.Signal(StepBoundary).Should().BeTrue();
        Nets.RowBits(model.get_parameter("embedding.weight")!, 3).Should().NotEqual(before);
    }

    [Fact]
    public void A_bare_parameter_is_a_head()
    {
        using var net = new Cosine(inputs: 12, classes: 5);
        using var optimizer = optim.SGD(net.parameters(), 0.1);
        // <bare-parameter>
        var options = new ZapOptions { Head = HeadSelector.Parameter(() => net.Prototypes) };
        // </bare-parameter>
        var scheduler = new ZapScheduler(net, [optimizer], new ZapPolicy(options), new ResetSchedule(ClassBoundary));
        scheduler.Signal(ClassBoundary, 2).Should().BeTrue();
    }
}
