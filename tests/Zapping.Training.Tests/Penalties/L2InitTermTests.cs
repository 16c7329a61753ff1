using FluentAssertions;
using Xunit;
using Zapping.Training.Checkpoints;
using Zapping.Training.Penalties;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Penalties;

/// <summary>Checkpoints know the penalty as a term of a trainer's loss.</summary>
[Collection(AloneCollection.Name)]
public sealed class L2InitTermTests : IDisposable
{
    private readonly DisposeScopeBox _scope = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public void A_resume_with_another_strength_is_refused()
    {
        Save(strength: 0.5);

        FluentActions.Invoking(() => Save(strength: 0.25)).Should().Throw<CheckpointException>().WithMessage("*strength*0.5*0.25*");
        Save(strength: 0.5);
    }

    private void Save(double strength)
    {
        random.manual_seed(1);
        using var model = nn.Sequential(("head", nn.Linear(4, 3)));
        using var optimizer = optim.SGD(model.parameters(), 0.1);
        using var penalty = new L2InitPenalty(model, strength);
        using var trainer = new ContinualTrainer(model, optimizer).UseLoss(penalty);
        using var store = new CheckpointStore(_folder.FullName);
        store.Resume(trainer);
        trainer.TrainStep(ones(2, 4), zeros(2, int64));
        store.Save(trainer);
    }
}
