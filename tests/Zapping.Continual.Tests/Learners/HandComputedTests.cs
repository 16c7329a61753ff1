using FluentAssertions;
using Xunit;
using Zapping.Continual.Learners;
using Zapping.Continual.Learners.DarkReplay;
using Zapping.Continual.Learners.Distilling;
using Zapping.Continual.Learners.Features;
using Zapping.Continual.Learners.Regularizing;
using Zapping.Continual.Memory;
using static TorchSharp.torch;

namespace Zapping.Continual.Tests.Learners;

/// <summary>Single steps of methods, computed by hand: one linear layer from zeros, SGD with rate 1, and softmax of two units is a half each.</summary>
public sealed class HandComputedTests
{
    [Fact]
    public void Aligned_rows_have_the_mean_norm_of_the_old_ones()
    {
        using var scope = NewDisposeScope();
        var weight = tensor(new double[,] { { 3, 4 }, { 0, 20 }, { 0, 1 }, { 6, 8 } });

        WeightAlignment.Align(weight, old: [0, 2], added: [1, 3]).Should().BeApproximately(3.0 / 15, 1e-12);

        weight.data<double>().ToArray().Zip([3, 4, 0, 4, 0, 1, 1.2, 1.6]).Should().OnlyContain(pair => Math.Abs(pair.First - pair.Second) < 1e-12);
        FluentActions.Invoking(() => WeightAlignment.Align(zeros(2, 2), [0], [1])).Should().Throw<InvalidOperationException>().WithMessage("Rows of the classes 1 cannot be aligned*");
    }

    [Fact]
    public void Elastic_weights_are_held_by_squared_gradients()
    {
        using var scope = NewDisposeScope();
        using var model = Layer(3);
        using var optimizer = optim.SGD(model.parameters(), 1);
        using var learner = new ElasticWeightConsolidation(model, optimizer, new ElasticWeightConsolidationOptions { Epochs = 0, Strength = 3 });

        // p = 1/3 each; of x = 1 and class 0 the gradient is (−2/3, 1/3, 1/3), and no step has been made
        learner.Learn(Toy.Task(0, new float[,] { { 1 } }, [0]));

        var saved = Saved(learner);
        Near(saved["importance.weight"], 4.0 / 9, 1.0 / 9, 1.0 / 9);
        Near(saved["anchor.weight"], 0, 0, 0);
        learner.MemoryBytes.Should().Be(2 * 3 * 4);
    }

    [Fact]
    public void The_penalty_pulls_back_by_its_gradient_and_holds_the_rows_of_then()
    {
        using var scope = NewDisposeScope();
        using var model = Layer(2);
        using var penalty = new QuadraticPenalty();
        penalty.Consolidate(model, Importance(2, 0.5f));
        Fill(model, 1, 3);

        penalty.Value(model).item<float>().Should().BeApproximately((2 * 1) + (0.5f * 9), 1e-6f);
        Near(penalty.Gradient("weight", model.get_parameter("weight")!)!, 4, 3);
        penalty.Consolidate(model, Importance(1, 1), decay: 0.5);
        penalty.Value(model).item<float>().Should().Be(0, "it is anchored where it is");
        Fill(model, 2, 3);
        penalty.Value(model).item<float>().Should().BeApproximately((2 * 0.5f) + 1, 1e-6f);
        using var larger = Layer(3);
        Fill(larger, 2, 3, 100);
        penalty.Value(larger).item<float>().Should().BeApproximately((2 * 0.5f) + 1, 1e-6f, "the third row is new");
        FluentActions.Invoking(() => penalty.Consolidate(model, Importance(float.NaN, 1))).Should().Throw<InvalidOperationException>().WithMessage("The importance of 'weight' is NaN*");
    }

    [Fact]
    public void Synapses_are_as_important_as_what_they_did_for_the_loss()
    {
        using var scope = NewDisposeScope();
        using var model = Layer(2);
        using var optimizer = optim.SGD(model.parameters(), 1);
        using var learner = new SynapticIntelligence(model, optimizer, new SynapticIntelligenceOptions { Epochs = 1, Damping = 0.75 });

        // one example x = 1 of class 0: g = (−1/2, 1/2), Δθ = (1/2, −1/2), ω = 1/4 each, Ω = (1/4) / (1/4 + 3/4)
        learner.Learn(Toy.Task(0, new float[,] { { 1 } }, [0]));

        Near(Saved(learner)["importance.weight"], 0.25, 0.25);
        Near(Saved(learner)["anchor.weight"], 0.5, -0.5);
    }

    [Fact]
    public void The_streaming_covariance_is_that_of_the_recursion()
    {
        using var scope = NewDisposeScope();
        using var gaussians = new StreamingGaussians();

        // class 0: 2, then 4; class 1: 6. Σ: t = 0 gives 0; t = 1: (0 + ½·(4 − 2)²)/2 = 1; t = 2 (mean of the new class is 0): (2·1 + ⅔·36)/3 = 26/3
        gaussians.Observe(tensor(new float[,] { { 2 }, { 4 }, { 6 } }), tensor(new long[] { 0, 0, 1 }));

        Near(gaussians.Covariance!, 26.0 / 3);
        Near(gaussians.Mean(0), 3);
        Near(gaussians.Mean(1), 6);
        FluentActions.Invoking(() => gaussians.Observe(full([1, 1], float.NaN), tensor(new long[] { 2 }))).Should().Throw<ArgumentException>().WithMessage("*NaN or infinite*");
        gaussians.Classes.Should().Equal(0, 1);
    }

    [Fact]
    public void The_nearest_mean_of_directions_answers()
    {
        using var scope = NewDisposeScope();
        using var model = Layer(3, inputs: 2);
        using var optimizer = optim.SGD(model.parameters(), 1);
        using var learner = new NearestClassMean(model, optimizer, ExemplarMemory.PerClass(2, ExemplarSelection.Herding), new RehearsalOptions { Epochs = 0 });

        learner.Learn(Toy.Task(0, new float[,] { { 9, 1 }, { 1, 0 }, { 0, 1 }, { 1, 5 } }, [0, 0, 2, 2]));
        var scores = learner.Classifier.call(tensor(new float[,] { { 5, 1 }, { 0.1f, 0.4f } }));

        scores.argmax(1).data<long>().ToArray().Should().Equal(0, 2);
        scores.shape.Should().Equal(2, 3);
        scores[0, 1].item<float>().Should().Be(-1e9f, "class 1 has not been learned");
    }

    [Fact]
    public void Dark_replay_adds_its_two_terms_and_keeps_the_logits_of_before_the_update()
    {
        using var scope = NewDisposeScope();
        using var model = Layer(2);
        using var optimizer = optim.SGD(model.parameters(), 1);
        using var learner = new DarkExperienceReplay(model, optimizer, new DarkExperienceReplayOptions { Epochs = 2, BatchSize = 1, LogitWeight = 0.5, LabelWeight = 0.25, Capacity = 1 });

        // step 1: θ = (½, −½), and (x = 1, logits (0, 0), class 0) is kept. Step 2: σ = 1/(1 + e) is what class 1 gets, CE's gradient is (−σ, σ),
        // that of the logits ½·mean of squares is (½·θ0, ½·θ1) = (¼, −¼), and the label's is ¼ of CE's.
        learner.Learn(Toy.Task(0, new float[,] { { 1 } }, [0]));

        var moved = (1.25 / (1 + Math.E)) - 0.25;
        Near(model.get_parameter("weight")!, 0.5 + moved, -0.5 - moved);
        learner.Count.Should().Be(1);
    }

    [Fact]
    public void Without_forgetting_the_old_units_are_pulled_to_what_they_said()
    {
        using var scope = NewDisposeScope();
        using var model = Layer(3);
        using var optimizer = optim.SGD(model.parameters(), 1);
        using var learner = new LearningWithoutForgetting(model, optimizer, new LearningWithoutForgettingOptions { Epochs = 1, Weight = 1, Temperature = 2 });

        learner.Learn(Toy.Task(0, new float[,] { { 1 }, { 1 } }, [0, 1]));
        var before = model.get_parameter("weight")!.detach().clone();
        learner.Learn(Toy.Task(1, new float[,] { { 1 } }, [2]));

        // of one new class the cross-entropy is 0, and student and teacher agree at the first step
        model.get_parameter("weight")!.eq(before).all().item<bool>().Should().BeTrue();
        learner.MemoryBytes.Should().Be(0);
    }

    private static nn.Module<Tensor, Tensor> Layer(int units, int inputs = 1)
    {
        var layer = nn.Linear(inputs, units, hasBias: false);
        using var noGrad = no_grad();
        layer.weight.zero_();
        return layer;
    }

    private static void Fill(nn.Module<Tensor, Tensor> model, params float[] values)
    {
        using var noGrad = no_grad();
        model.get_parameter("weight")!.copy_(tensor(values).reshape(-1, 1));
    }

    private static Dictionary<string, Tensor> Importance(params float[] values) => new(StringComparer.Ordinal) { ["weight"] = tensor(values).reshape(-1, 1) };

    private static Dictionary<string, Tensor> Saved(PhasedLearner learner) =>
        learner.Memories.First(memory => memory.Name == "penalty").Save().ToDictionary(own => own.Key, own => own.Value, StringComparer.Ordinal);

    private static void Near(Tensor values, params double[] wanted) =>
        values.detach().to(ScalarType.Float64).flatten().data<double>().ToArray().Zip(wanted).Should().HaveCount(wanted.Length).And.OnlyContain(pair => Math.Abs(pair.First - pair.Second) < 1e-6);
}
