using FluentAssertions;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static Zapping.Training.BoundaryKind;

namespace Zapping.Training.Tests.Docs;

/// <summary>The code of docs/guides/troubleshooting.md, compiled and run.</summary>
public sealed class TroubleshootingSnippets
{
    [Fact]
    public void The_optimizer_is_made_after_the_move()
    {
        using var model = Sequential(("head", Linear(4, 6)));
        var device = CPU;
        // <optimizer-last>
        model.to(device); // may replace every parameter
        using var optimizer = optim.Adam(model.parameters(), 1e-3); // so this comes after it
        // </optimizer-last>
        new ZapScheduler(model, [optimizer], new ZapPolicy(), new ResetSchedule(ClassBoundary)).Signal(ClassBoundary, 1).Should().BeTrue();
    }

    [Fact]
    public void A_scope_frees_what_a_step_makes()
    {
        using var model = Sequential(("head", Linear(4, 6)));
        using var optimizer = optim.SGD(model.parameters(), 0.1);
        using var images = rand(10, 4);
        using var labels = randint(6, 10);
        var sum = 0f;
        // <scopes>
        for (var start = 0; start < 10; start += 5)
        {
            using var scope = NewDisposeScope(); // one for each step: what the step makes goes with it
            optimizer.zero_grad();
            var loss = functional.cross_entropy(model.call(images.narrow(0, start, 5)), labels.narrow(0, start, 5));
            loss.backward();
            optimizer.step();
            sum += loss.item<float>(); // a number: a loss that is kept as a tensor keeps its whole graph
        }

        // </scopes>
        sum.Should().BePositive();
    }
}
