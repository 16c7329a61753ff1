using FluentAssertions;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.Data;
using Zapping.Training.Diagnostics;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Diagnostics;

public sealed class LossLandscapeTests : IDisposable
{
    private readonly DisposeScopeBox _scope = new();

    public void Dispose() => _scope.Dispose();

    // g_1 = (1, 0), g_2 = (0, 2): the Gram matrix has the eigenvalues 1 and 4, p = (0.2, 0.8).
    [Fact]
    public void The_diversity_of_two_gradients_is_that_of_their_Gram_matrix()
    {
        using var model = new Point(0, 0);
        var examples = new LabeledBatch(tensor(new float[] { 1, 0, 0, 2 }).reshape(2, 2), zeros(2, ScalarType.Int64));
        LossLandscape.GradientDiversity(model, examples, (outputs, _) => outputs.sum()).Should().BeApproximately(1.6494, 1e-4);
        model.get_parameter("at")!.grad.Should().BeNull("nothing of the model changes");
    }

    [Fact]
    public void Gradients_that_all_pull_alike_have_diversity_1_and_those_that_are_0_have_0()
    {
        using var model = new Point(0, 0);
        var alike = new LabeledBatch(tensor(new float[] { 1, 1, 2, 2, 3, 3 }).reshape(3, 2), zeros(3, ScalarType.Int64));
        LossLandscape.GradientDiversity(model, alike, (outputs, _) => outputs.sum()).Should().BeApproximately(1, 1e-6);
        LossLandscape.GradientDiversity(model, new LabeledBatch(zeros(3, 2), zeros(3, ScalarType.Int64)), (outputs, _) => outputs.sum()).Should().Be(0);
        FluentActions.Invoking(() => LossLandscape.GradientDiversity(model, new LabeledBatch(zeros(0, 2), zeros(0, ScalarType.Int64)))).Should().Throw<ArgumentException>();
    }

    // H = diag(4, 1, 0), v = (1, 1, 1) / sqrt 3.
    [Fact]
    public void Power_iteration_goes_to_the_largest_eigenvalue()
    {
        using var model = new Point(0.3f, -0.2f, 5);
        var half = tensor(new float[] { 2, 0.5f, 0 });
        using var measured = new LossProbe(model, (outputs, _) => (half * outputs * outputs).sum());
        var examples = new LabeledBatch(ones(1, 3), zeros(1, ScalarType.Int64));
        LossLandscape.PowerIteration(measured, examples, 1, [ones(3)]).Should().BeApproximately(2.3805, 1e-4);
        LossLandscape.PowerIteration(measured, examples, 2, [ones(3)]).Should().BeApproximately(3.8881, 1e-4);
        LossLandscape.PowerIteration(measured, examples, 3, [ones(3)]).Should().BeApproximately(3.9927, 1e-4);
    }

    [Fact]
    public void Sharpness_is_a_function_of_the_seed_and_leaves_the_model_as_it_was()
    {
        using var net = nn.Sequential(("one", nn.Linear(3, 4)), ("norm", nn.BatchNorm1d(4)), ("act", nn.Tanh()), ("head", nn.Linear(4, 2)));
        var before = Nets.Bits(net);
        var examples = new LabeledBatch(linspace(-1, 1, 15, ScalarType.Float32).reshape(5, 3), tensor(new long[] { 0, 1, 0, 1, 1 }));
        var sharp = LossLandscape.Sharpness(net, examples, seed: 3);
        sharp.Should().BePositive().And.Be(LossLandscape.Sharpness(net, examples, seed: 3));
        LossLandscape.Sharpness(net, examples, iterations: 200, seed: 4).Should().BeApproximately(LossLandscape.Sharpness(net, examples, iterations: 200, seed: 3), 0.02 * sharp);
        Nets.Bits(net).Should().BeEquivalentTo(before);
        net.training.Should().BeTrue();
        net.parameters().Select(parameter => parameter.grad).Should().AllBeEquivalentTo<Tensor?>(null);
    }

    // W = [[3, -4], [0, 0]]: W Wᵀ - I = diag(24, -1). diag(1, 1) keeps lengths. Three rows of two columns: Wᵀ W - I of [[1, 0], [0, 1], [0, 1]] is diag(0, 1).
    [Theory]
    [InlineData(new float[] { 3, -4, 0, 0 }, 2, 24.0208)]
    [InlineData(new float[] { 1, 0, 0, 1 }, 2, 0)]
    [InlineData(new float[] { 1, 0, 0, 1, 0, 1 }, 3, 1)]
    public void The_deviation_from_isometry_is_that_of_the_shorter_side(float[] weight, int rows, double expected)
    {
        using var net = nn.Sequential(("head", nn.Linear(2, rows)));
        using (no_grad())
        {
            net.get_parameter("head.weight")!.copy_(tensor(weight).reshape(rows, 2));
        }

        var norms = new WeightProbe(net) { MeasuresIsometry = true }.Measure().Parameters;
        norms[0].IsometryDeviation.Should().BeApproximately(expected, 1e-4);
        norms[1].IsometryDeviation.Should().BeNull("a bias is no matrix");
        new WeightProbe(net).Measure().Parameters[0].IsometryDeviation.Should().BeNull("nobody asked");
    }

    private sealed class Point : nn.Module<Tensor, Tensor>
    {
        private readonly Parameter at;

        public Point(params float[] at)
            : base("point")
        {
            this.at = new Parameter(tensor(at));
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => input * at;
    }
}
