using FluentAssertions;
using Xunit;
using Zapping.Training.Heads;
using Zapping.Training.Optimizers;
using Zapping.Training.Rehearsal;
using Zapping.Training.Steps;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Rehearsal;

/// <summary>The teacher is the model as it was, and the term is the published one.</summary>
public sealed class DistillationTests : IDisposable
{
    private readonly DisposeScopeBox _scope = new();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void The_teacher_says_what_the_model_said_and_leaves_the_model_and_its_graph_alone()
    {
        using var net = Nets.Small();
        var inputs = randn(4, 6);
        using var then = ModelSnapshot.Capture(net);
        var said = net.call(inputs).detach().clone();
        HeadGrowth.Grow(net, Nets.Head, Nets.Units + 3, []);
        Nets.Step(net, optim.SGD(net.parameters(), 0.5));
        var before = Nets.Bits(net);

        net.zero_grad();
        var loss = net.call(inputs).square().mean();
        loss.backward();
        var alone = net.parameters().Select(parameter => Nets.Bits(parameter.grad!)).ToList();
        net.zero_grad();
        var again = net.call(inputs).square().mean();
        var taught = then.Call(net, inputs); // between a forward pass and its backward pass
        again.backward();

        Nets.Bits(taught).Should().Equal(Nets.Bits(said));
        Nets.Bits(net).Should().BeEquivalentTo(before);
        net.parameters().Select(parameter => Nets.Bits(parameter.grad!)).Should().BeEquivalentTo(alone, options => options.WithStrictOrdering());
    }

    [Fact]
    public void The_term_is_the_one_that_is_computed_by_hand()
    {
        // teacher (0, 0, 0), student (1, 0, 0), T = 2: T² · KL = 0.116391
        using var model = nn.Sequential(("head", nn.Linear(1, 3, hasBias: false)));
        using var noGrad = no_grad();
        var weight = Nets.HeadOf(model).weight!;
        weight.zero_();
        using var distillation = new Distillation(model, new DistillationOptions());
        distillation.Learn(TrainingBoundary.Task(1));
        weight[0, 0] = 1;
        var inputs = ones(5, 1);

        var value = distillation.Value(new StepContext(model, new(inputs, zeros(5, ScalarType.Int64)), model.call(inputs), 0, null));

        value.item<float>().Should().BeApproximately(0.116391f, 1e-6f);
    }

    [Fact]
    public void Before_the_second_boundary_there_is_no_teacher_and_afterwards_it_holds_the_model_back()
    {
        using var net = Nets.Small();
        using var sgd = new FusedSgd(net.parameters(), 0.02);
        using var trainer = new ContinualTrainer(net, sgd).UseDistillation(new() { Weight = 0 });
        using var twin = Nets.Small();
        using var twinSgd = new FusedSgd(twin.parameters(), 0.02);
        using var held = new ContinualTrainer(twin, twinSgd).UseDistillation(new() { Weight = 4 });
        using var generator = new Generator(3);
        var (inputs, labels) = (randn([8, 6], generator: generator), randint(0, Nets.Units, [8], generator: generator));
        var (others, otherLabels) = (randn([8, 6], generator: generator), randint(0, Nets.Units, [8], generator: generator));

        foreach (var own in new[] { trainer, held })
        {
            own.BeginTask();
            own.TrainStep(inputs, labels);
        }

        Nets.Bits(net).Should().BeEquivalentTo(Nets.Bits(twin));
        var said = net.call(others).detach().softmax(1);
        foreach (var own in new[] { trainer, held })
        {
            own.BeginTask();
            for (var step = 0; step < 30; step++)
            {
                own.TrainStep(others, otherLabels);
            }
        }

        Distance(twin).Should().BeLessThan(0.5 * Distance(net));

        double Distance(nn.Module<Tensor, Tensor> model) => (model.call(others).softmax(1) - said).abs().sum().to(ScalarType.Float64).item<double>();
    }
}
