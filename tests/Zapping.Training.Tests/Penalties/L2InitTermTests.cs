using FluentAssertions;
using Xunit;
using Zapping.Training.Checkpoints;
using Zapping.Training.Parameters;
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

    // In a new process the model has other first weights than in the one that began the run.
    [Fact]
    public void A_resumed_run_goes_on_with_the_first_weights_of_the_run_that_was_saved()
    {
        using var model = nn.Sequential(("head", nn.Linear(4, 3)));
        using var optimizer = optim.SGD(model.parameters(), 0.1);
        using var penalty = new L2InitPenalty(model, 0.5, ParameterFilter.Where(name => name.EndsWith("weight", StringComparison.Ordinal)));
        using var trainer = new ContinualTrainer(model, optimizer).UseLoss(penalty);
        trainer.TrainStep(ones(2, 4), zeros(2, int64));
        using (var store = new CheckpointStore(_folder.FullName))
        {
            store.Save(trainer);
        }

        using var otherModel = nn.Sequential(("head", nn.Linear(4, 3)));
        using var otherOptimizer = optim.SGD(otherModel.parameters(), 0.1);
        using var otherPenalty = new L2InitPenalty(otherModel, 0.5, ParameterFilter.Where(name => name.EndsWith("weight", StringComparison.Ordinal)));
        using var otherTrainer = new ContinualTrainer(otherModel, otherOptimizer).UseLoss(otherPenalty);
        using (var store = new CheckpointStore(_folder.FullName))
        {
            store.Resume(otherTrainer)!.Steps.Should().Be(1);
        }

        otherPenalty.Value().item<float>().Should().Be(penalty.Value().item<float>()).And.BePositive();
        trainer.TrainStep(ones(2, 4), zeros(2, int64));
        otherTrainer.TrainStep(ones(2, 4), zeros(2, int64));
        Nets.Bits(otherModel).Should().BeEquivalentTo(Nets.Bits(model));
    }

    [Fact]
    public void What_is_loaded_must_have_every_parameter_in_its_shape_and_otherwise_nothing_changes()
    {
        using var model = nn.Sequential(("head", nn.Linear(4, 3)));
        using var penalty = new L2InitPenalty(model, 0.5);
        penalty.Save().Select(saved => saved.Key).Should().Equal("head.bias", "head.weight");
        var before = penalty.Save().Select(saved => Nets.Bits(saved.Value)).ToList();
        FluentActions.Invoking(() => penalty.Load(new Dictionary<string, Tensor>(StringComparer.Ordinal) { ["head.bias"] = ones(3), ["head.weight"] = ones(4, 4) }))
            .Should().Throw<InvalidDataException>().WithMessage("*no 'head.weight' of shape [3, 4]*");
        penalty.Save().Select(saved => Nets.Bits(saved.Value)).Should().BeEquivalentTo(before, options => options.WithStrictOrdering());
    }

    [Fact]
    public void Two_penalties_of_a_trainer_need_names_and_one_that_is_given_twice_is_kept_once()
    {
        using var model = nn.Sequential(("head", nn.Linear(4, 3)));
        using var optimizer = optim.SGD(model.parameters(), 0.1);
        using var one = new L2InitPenalty(model, 0.5);
        using var other = new L2InitPenalty(model, 0.25);
        using var named = new L2InitPenalty(model, 0.25) { Name = "head" };
        using var trainer = new ContinualTrainer(model, optimizer).UseMemory(one).UseLoss(one);
        trainer.Invoking(t => t.UseLoss(other)).Should().Throw<ArgumentException>().WithMessage("*'l2-init' already*");
        trainer.UseLoss(named);
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
