using FluentAssertions;
using Xunit;
using Zapping.Continual.Learners.Features;
using Zapping.Continual.Tasks;
using Zapping.Training;
using Zapping.Training.Checkpoints;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;

namespace Zapping.Continual.Tests.Learners;

/// <summary>A run that is ended at any step, and gone on with by another learner, gives the bits of the unbroken one, zapping included.</summary>
[Collection(AloneCollection.Name)]
public sealed class ResumeTests
{
    public static TheoryData<string> Learners => [.. LearnerCases.All.Keys];

    [Theory]
    [MemberData(nameof(Learners))]
    public void A_run_that_is_killed_within_and_between_tasks_gives_the_bits_of_the_unbroken_one(string name)
    {
        using var scope = NewDisposeScope();
        var (whole, bits) = Run(name, folder: null, stopAfter: []);
        var folder = Directory.CreateTempSubdirectory("continual");
        try
        {
            // 28 examples in 4 steps an epoch, 15 epochs: after the third stop most learners are within task 1, and one has steps in task 0 alone
            var (parts, resumed) = Run(name, folder.FullName, stopAfter: name == nameof(StreamingLda) ? [7, 40] : [7, 40, 31]);
            resumed.Should().Equal(bits);
            parts!.Matrix.Should().Be(whole!.Matrix);
            parts.SeenAccuracies.Should().Equal(whole.SeenAccuracies);
            parts.MemoryBytes.Should().Equal(whole.MemoryBytes);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static (IncrementalResult? Result, byte[] Bits) Run(string name, string? folder, int[] stopAfter)
    {
        foreach (var steps in stopAfter)
        {
            Once(name, folder, steps).Result.Should().BeNull("it was stopped");
        }

        return Once(name, folder, null);
    }

    private static (IncrementalResult? Result, byte[] Bits) Once(string name, string? folder, int? stopAfter)
    {
        using var scope = NewDisposeScope();
        var glyphs = new Glyphs(classes: 6);
        using var model = Glyphs.Network(units: 6);
        using var optimizer = optim.Adam(model.parameters(), 2e-3);
        using var cancel = new CancellationTokenSource();
        using var learner = LearnerCases.All[name](model, optimizer, trainer => trainer
            .UseZapping(BoundaryKind.TaskBoundary, options => options.Head = "head")
            .UseObserver(new StopAfter(stopAfter, cancel)));
        using var store = folder is null ? null : new CheckpointStore(folder);
        try
        {
            var result = IncrementalRun.Over(glyphs.Tasks, learner, glyphs.Queries, new IncrementalRunOptions { Store = store, EverySteps = 5 }, cancel.Token);
            return (result, Toy.Bits(model));
        }
        catch (OperationCanceledException)
        {
            return (null, []);
        }
    }

    private sealed class StopAfter(int? steps, CancellationTokenSource cancel) : ITrainingObserver
    {
        private int _steps;

        public void OnStep(TrainingStep step)
        {
            if (++_steps == steps)
            {
                cancel.Cancel();
            }
        }
    }
}
