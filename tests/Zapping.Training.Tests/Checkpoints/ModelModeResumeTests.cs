using FluentAssertions;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.Checkpoints;
using Zapping.Training.Data;
using Zapping.Training.Resuming;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Checkpoints;

/// <summary>A run goes on with the same frozen parameters, and with a model in the same mode.</summary>
[Collection(AloneCollection.Name)] // a resume sets the global generator, and dropout draws from it
public sealed class ModelModeResumeTests : IDisposable
{
    private const string Mode = "model.mode";
    private readonly DisposeScopeBox _scope = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("zapping-mode-");
    private readonly CheckpointStore _store;
    private readonly ShuffledBatches _batches = new(rand(8, 6), arange(8).remainder(4), 2);

    public ModelModeResumeTests() => _store = new CheckpointStore(_folder.FullName);

    public void Dispose()
    {
        _store.Dispose();
        _folder.Delete(recursive: true);
        _scope.Dispose();
    }

    [Fact]
    public void Parameters_that_are_frozen_newly_or_no_longer_are_refused_by_name_or_meant()
    {
        Interrupt(net => Freeze(net, "body.weight", "inner.0.bias"));
        using var second = new Run(net => Freeze(net, "body.weight", "head.bias"));
        var before = TrainerBits.Of(second.Trainer);
        _store.Invoking(s => s.Resume(second.Trainer)).Should().Throw<CheckpointException>()
            .Which.Message.Should().Contain("parameters.frozen was [\"body.weight\", \"inner.0.bias\"] and is [\"body.weight\", \"head.bias\"]. If that is meant").And.Contain("Accept = [\"parameters.frozen\"]");
        TrainerBits.Of(second.Trainer).ShouldBe(before, "it was refused");
        _store.Resume(second.Trainer, new ResumeOptions { Accept = ["parameters"] })!.Steps.Should().Be(3);
        second.Trainer.Fit(_batches, 1).Steps.Should().Be(1);
    }

    [Fact]
    public void Of_many_parameters_that_are_frozen_newly_five_are_named()
    {
        Interrupt();
        using var second = new Run(net => Freeze(net, [.. net.named_parameters().Select(p => p.name).Where(name => name != "head.weight")]));
        _store.Invoking(s => s.Resume(second.Trainer)).Should().Throw<CheckpointException>().WithMessage("*parameters.frozen has \"body.weight\", * and 2 more newly. If that is meant*");
    }

    [Theory]
    [InlineData("", "model.mode")]
    [InlineData("drop", "model.mode.drop")]
    [InlineData("inner", "model.mode.inner")]
    [InlineData("inner.1", "model.mode.inner.1")]
    public void A_model_in_another_mode_is_refused_by_name_or_meant(string module, string key)
    {
        Interrupt();
        using var second = new Run(net => Module(net, module).eval());
        _store.Resume(second.Trainer); // not compared here: a checkpoint may be saved, and looked at, in eval mode
        var before = TrainerBits.Of(second.Trainer);
        second.Trainer.Invoking(t => t.Fit(_batches, 1)).Should().Throw<InvalidOperationException>()
            .WithMessage($"The interrupted run was fed or set up otherwise, and nothing was changed: {key} was \"train\" and is \"eval\". If that is meant, resume with*[\"{key}\"]*");
        TrainerBits.Of(second.Trainer).ShouldBe(before, "it was refused");
        _store.Resume(second.Trainer, new ResumeOptions { Accept = [Mode] });
        second.Trainer.Fit(_batches, 1).Steps.Should().Be(1);
    }

    [Fact]
    public void A_checkpoint_may_be_saved_while_the_model_is_evaluated()
    {
        using var first = Interrupted();
        first.Net.eval();
        _store.Save(first.Trainer);
        using var second = new Run();
        _store.Resume(second.Trainer);
        second.Trainer.Fit(_batches, 1).Steps.Should().Be(1, "the interrupted Fit was in train mode");
    }

    [Fact]
    public void A_model_that_was_not_put_back_into_train_mode_is_noticed_inside_an_epoch()
    {
        using var run = Interrupted();
        run.Net.eval();
        run.Trainer.Invoking(t => t.Fit(_batches, 1)).Should().Throw<InvalidOperationException>().WithMessage($"*{Mode} was \"train\" and is \"eval\". If*");
        run.Net.train();
        run.Trainer.Fit(_batches, 1).Steps.Should().Be(1);
        run.Net.eval();
        run.Trainer.Fit(_batches, 1).Steps.Should().Be(4, "what has ended may be followed by anything");
    }

    private void Interrupt(Action<Sequential>? change = null)
    {
        using var run = Interrupted(change);
        _store.Save(run.Trainer);
    }

    private Run Interrupted(Action<Sequential>? change = null)
    {
        var run = new Run(change);
        using var stop = new CancellationTokenSource();
        run.Trainer.Invoking(t => t.Fit(_batches, 1, new Relay(() => run.Trainer.State.Steps == 3, stop), stop.Token)).Should().Throw<OperationCanceledException>();
        return run;
    }

    private static void Freeze(Sequential net, params string[] names)
    {
        foreach (var name in names)
        {
            net.get_parameter(name)!.requires_grad = false;
        }
    }

    private static Module Module(Sequential net, string name) => name.Length == 0 ? net : net.named_modules().Single(m => m.name == name).module;

    private sealed class Run : IDisposable
    {
        private readonly optim.Optimizer _optimizer;

        public Run(Action<Sequential>? change = null)
        {
            Net = Sequential(
                ("body", Linear(6, 5)), ("drop", Dropout(0.2)), ("inner", Sequential(("0", Linear(5, 5)), ("1", Dropout(0.1)), ("2", LayerNorm(5)))), ("head", Linear(5, 4)));
            change?.Invoke(Net);
            _optimizer = optim.SGD(Net.parameters(), 0.1);
            Trainer = new ContinualTrainer(Net, _optimizer);
        }

        public Sequential Net { get; }

        public ContinualTrainer Trainer { get; }

        public void Dispose()
        {
            Trainer.Dispose();
            _optimizer.Dispose();
            Net.Dispose();
        }
    }

    private sealed class Relay(Func<bool> isOver, CancellationTokenSource stop) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (isOver())
            {
                stop.Cancel();
            }
        }
    }
}
