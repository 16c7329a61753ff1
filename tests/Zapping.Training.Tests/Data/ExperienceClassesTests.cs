using FluentAssertions;
using Xunit;
using Zapping.Training.Data;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Data;

/// <summary>An experience knows its classes where its source does, also when that is prefetched.</summary>
public sealed class ExperienceClassesTests : IDisposable
{
    private readonly DisposeScopeBox _scope = new();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void A_prefetched_source_leaves_its_classes_to_the_experience()
    {
        var source = new ShuffledBatches(randn(4, 5), tensor(new long[] { 4, 2, 4, 2 }), batchSize: 2);

        new Experience(source).Classes.Should().Equal(2, 4);
        new Experience(source.Prefetch(CPU)).Classes.Should().Equal(2, 4);
        new Experience(source.Prefetch(CPU).Prefetch(CPU)).Classes.Should().Equal(2, 4);
        new Experience(BatchSource.FromIndices(4, 2, rows => new LabeledBatch(randn(rows.Count, 5), zeros(rows.Count, int64))).Prefetch(CPU)).Classes
            .Should().BeEmpty("nobody knows them");
    }

    [Fact]
    public void A_head_grows_for_prefetched_classes()
    {
        using var model = nn.Sequential(("head", nn.Linear(5, 2)));
        using var optimizer = optim.SGD(model.parameters(), 0.1);
        using var trainer = new ContinualTrainer(model, optimizer).UseGrowingHead();

        trainer.Fit([new Experience(new ShuffledBatches(randn(4, 5), tensor(new long[] { 4, 2, 4, 2 }), batchSize: 2).Prefetch(CPU))]);

        model.get_parameter("head.weight")!.shape.Should().Equal(5, 5);
    }
}
