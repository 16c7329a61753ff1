using FluentAssertions;
using Xunit;
using Zapping.Training.Diagnostics;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Diagnostics;

public sealed class PlasticityMeterTests : IDisposable
{
    private readonly DisposeScopeBox _scope = new();

    public void Dispose() => _scope.Dispose();

    // y = w x with w = 0, x = y = 1, L = (w x - y)²: the gradient is -2. Rate 0.1: w = 0.2, L = 0.64; rate 1.5: w = 3, L = 4.
    [Theory]
    [InlineData(0.1, 0.36)]
    [InlineData(1.5, 0)]
    public void A_step_is_measured_by_how_much_it_lowers_its_own_loss(double rate, double expected)
    {
        using var model = nn.Sequential(("head", nn.Linear(1, 1, hasBias: false)));
        using (no_grad())
        {
            model.get_parameter("head.weight")!.zero_();
        }

        using var optimizer = optim.SGD(model.parameters(), rate);
        var meter = new PlasticityMeter();
        using var trainer = new ContinualTrainer(model, [optimizer], (outputs, labels) => nn.functional.mse_loss(outputs, labels)).UsePlasticityMeter(meter);
        trainer.TrainStep(ones(1, 1), ones(1, 1));
        meter.Last.Should().BeApproximately(expected, 1e-6);
    }

    // Two logits (0, 0) and a bias alone, rate 1: 0.69315 falls to 0.31326.
    [Fact]
    public void Of_cross_entropy_it_is_the_same_and_means_begin_anew()
    {
        using var model = nn.Sequential(("head", nn.Linear(1, 2)));
        using (no_grad())
        {
            foreach (var parameter in model.parameters())
            {
                parameter.zero_();
            }
        }

        using var optimizer = optim.SGD(model.parameters(), 1);
        var meter = new PlasticityMeter();
        meter.Mean.Should().Be(double.NaN);
        using var trainer = new ContinualTrainer(model, optimizer).UsePlasticityMeter(meter);
        trainer.TrainStep(zeros(1, 1), zeros(1, ScalarType.Int64));
        meter.Mean.Should().BeApproximately(0.54806, 1e-5);
        trainer.TrainStep(zeros(1, 1), zeros(1, ScalarType.Int64));
        meter.Steps.Should().Be(2);
        meter.Mean.Should().BeApproximately((0.54806 + meter.Last) / 2, 1e-5);
        meter.Reset();
        (meter.Steps, meter.Last).Should().Be((0, double.NaN));
    }

    [Fact]
    public void Training_has_the_bits_that_it_has_without_the_meter()
    {
        var bits = new[] { true, false }.Select(measures =>
        {
            using var model = nn.Sequential(("one", nn.Linear(3, 4)), ("norm", nn.BatchNorm1d(4)), ("head", nn.Linear(4, 2)));
            using var generator = new Generator(3);
            using (no_grad())
            {
                foreach (var parameter in model.parameters())
                {
                    parameter.normal_(0, 0.5, generator);
                }
            }

            using var optimizer = optim.Adam(model.parameters(), 0.01);
            using var trainer = new ContinualTrainer(model, optimizer);
            if (measures)
            {
                trainer.UsePlasticityMeter(new PlasticityMeter());
            }

            for (var step = 0; step < 5; step++)
            {
                trainer.TrainStep(randn([6, 3], generator: generator), randint(0, 2, [6], generator: generator));
            }

            return Nets.Bits(model);
        }).ToList();
        bits[0].Should().BeEquivalentTo(bits[1]);
    }

    [Theory]
    [InlineData(1, 2, 0)]
    [InlineData(0, 0, 1)]
    [InlineData(2, 0.5, 0.75)]
    public void It_lies_between_0_and_1(double before, double after, double expected) => PlasticityMeter.Of(before, after).Should().Be(expected);
}
