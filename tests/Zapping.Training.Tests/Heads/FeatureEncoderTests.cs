using FluentAssertions;
using Xunit;
using Zapping.Training.Heads;
using Zapping.Training.Initializers;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Heads;

public sealed class FeatureEncoderTests
{
    [Fact]
    public void Features_are_what_reaches_the_classifier_in_eval_mode_and_nothing_of_the_model_changes()
    {
        using var scope = NewDisposeScope();
        var body = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.ReLU());
        using var model = nn.Sequential(("body", body), ("head", nn.Linear(4, 2)));
        var inputs = arange(21).to(ScalarType.Float32).reshape(7, 3);
        var before = model.state_dict().ToDictionary(own => own.Key, own => own.Value.clone(), StringComparer.Ordinal);

        using var features = FeatureEncoder.Encode(model, "head", inputs, batchSize: 3);

        model.training.Should().BeTrue();
        model.state_dict().Should().OnlyContain(own => own.Value.eq(before[own.Key]).all().item<bool>());
        body.eval();
        features.allclose(body.call(inputs)).Should().BeTrue();
        features.requires_grad.Should().BeFalse();
    }

    [Fact]
    public void No_examples_and_a_model_that_goes_on_behind_its_classifier_are_refused()
    {
        using var scope = NewDisposeScope();
        using var model = nn.Sequential(nn.Linear(3, 2), nn.Softmax(1));

        FluentActions.Invoking(() => FeatureEncoder.Encode(model, null, zeros(0, 3))).Should().Throw<ArgumentException>().WithMessage("Inputs [0, 3] have no example*");
        FluentActions.Invoking(() => FeatureEncoder.Encode(model, null, ones(2, 3))).Should().Throw<NotSupportedException>();
    }

    [Fact]
    public void A_classifier_is_found_between_tasks_too()
    {
        using var model = nn.Linear(3, 2);

        HeadSelector.Single().Find(model).UnitCount.Should().Be(2);
        HeadSelector.PerBoundary(_ => HeadSelector.Single()).Invoking(own => own.Find(model)).Should().Throw<InvalidOperationException>();
    }

    [Fact]
    public void Noise_of_one_s_own_permutes_by_seed_ordinal_and_purpose()
    {
        int[] Order(ulong seed, long ordinal, string purpose) => new ResetNoise(seed, ordinal, purpose).Permutation(30);

        Order(1, 2, "a").Should().Equal(Order(1, 2, "a")).And.BeEquivalentTo(Enumerable.Range(0, 30));
        Order(1, 2, "a").Should().NotEqual(Order(2, 2, "a")).And.NotEqual(Order(1, 3, "a")).And.NotEqual(Order(1, 2, "b"));
        new ResetNoise(1, 2, "a").Permutation(0).Should().BeEmpty();
    }
}
