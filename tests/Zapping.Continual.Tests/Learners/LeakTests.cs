using FluentAssertions;
using Xunit;
using Zapping.Continual.Tasks;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;

namespace Zapping.Continual.Tests.Learners;

/// <summary>A learner that is disposed of leaves no tensor, and one that learns keeps no more than what it says.</summary>
[Collection(AloneCollection.Name)]
public sealed class LeakTests
{
    public static TheoryData<string> Learners => [.. LearnerCases.All.Keys];

    [Theory]
    [MemberData(nameof(Learners))]
    public void A_run_leaves_no_tensor(string name)
    {
        using var model = Toy.Network();
        Run(name, model);
        var before = Live();
        for (var i = 0; i < 3; i++)
        {
            Run(name, model);
        }

        Live().Should().Be(before);
    }

    private static long Live()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return Tensor.TotalCount;
    }

    private static void Run(string name, nn.Module<Tensor, Tensor> model)
    {
        using var scope = NewDisposeScope();
        using var optimizer = optim.SGD(model.parameters(), 1e-6);
        using var learner = LearnerCases.All[name](model, optimizer, null);
        foreach (var task in TaskSplit.Of(Toy.Data(classes: 6, perClass: 4), 2, 2, seed: null))
        {
            learner.Learn(task);
            learner.Classifier.call(task.Data.Inputs).Dispose();
        }
    }
}
