using FluentAssertions;
using Xunit;
using Zapping.Continual.Losses;
using static TorchSharp.torch;

namespace Zapping.Continual.Tests.Losses;

/// <summary>Values computed by hand, and gradients against finite differences.</summary>
public sealed class LossTests
{
    [Theory]
    [InlineData(1, 0, 0.693147)]
    [InlineData(0, 1, 4.605170)]
    [InlineData(1, 0.1, 1.153664)]
    [InlineData(0.5, 0.5, 2.649159)]
    public void Symmetric_cross_entropy_of_equal_logits(double a, double b, double value)
    {
        using var scope = NewDisposeScope();
        Value(ClassLosses.Symmetric(Row(0, 0), Label(0), a, b)).Should().BeApproximately(value, 1e-6);
    }

    [Fact]
    public void Reverse_cross_entropy_has_the_gradient_of_the_label_s_logit_by_hand()
    {
        using var scope = NewDisposeScope();
        Gradient(logits => ClassLosses.Symmetric(logits, Label(0), 0, 1), Row(0, 0))[0].Should().BeApproximately(-2.302585, 1e-6);
    }

    [Theory]
    [InlineData(5, 3, 0.142971)]
    [InlineData(5, 2, 10.142971)]
    [InlineData(10, 3, 0.000425)]
    public void Normalized_cross_entropy_looks_at_directions(double last, long label, double value)
    {
        using var scope = NewDisposeScope();
        Value(ClassLosses.Normalized(Row(3, 4, 0, last), Label(label), [[0, 1], [2, 3]])).Should().BeApproximately(value, 1e-6);
    }

    [Fact]
    public void Normalized_logits_are_those_of_the_specification()
    {
        using var scope = NewDisposeScope();
        double[] wanted = [4, 5.3333, 0, 13.3333];
        var found = ClassLosses.Normalize(Row(3, 4, 0, 10), [[0, 1], [2, 3]]).data<double>().ToArray();
        found.Should().HaveCount(4);
        found.Zip(wanted).Should().OnlyContain(pair => Math.Abs(pair.First - pair.Second) < 1e-4);
    }

    [Fact]
    public void Weights_of_classes_are_those_of_the_released_code()
    {
        var (first, second) = (EffectiveNumber.Weights([20, 20, 500, 500], 0.97), EffectiveNumber.Weights([20, 500], 0.94));
        first[0].Should().BeApproximately(1.373432, 1e-6);
        first[3].Should().BeApproximately(0.626568, 1e-6);
        second[0].Should().BeApproximately(1.169663, 1e-6);
        second[1].Should().BeApproximately(0.830337, 1e-6);
        EffectiveNumber.Weights([3, 700], 0).Should().Equal(1, 1);
    }

    [Theory]
    [InlineData(0, 1.898)]
    [InlineData(1, 0.162)]
    public void Aligned_logits_ask_more_of_old_classes(long label, double value)
    {
        using var scope = NewDisposeScope();
        Value(ClassLosses.Aligned(Row(2, 2), Label(label), [1.373432, 0.626568])).Should().BeApproximately(value, 1e-3);
    }

    [Fact]
    public void Distillation_has_the_values_of_the_specification_in_all_forms()
    {
        using var scope = NewDisposeScope();
        Value(DistillationLosses.CrossEntropy(Row(2, 0), Row(0, 0))).Should().BeApproximately(0.813262, 1e-6);
        Value(DistillationLosses.Divergence(Row(2, 0), Row(0, 0))).Should().BeApproximately(4 * 0.120115, 4e-6);
        Value(DistillationLosses.Balanced(Row(2, 0), Row(0, 0), [1.5, 0.5])).Should().BeApproximately(0.563262, 1e-6);
        Value(DistillationLosses.Divergence(Row(1, 0, 0), Row(0, 0, 0))).Should().BeApproximately(0.116391, 1e-6);
        Value(DistillationLosses.Features(Row(1, 0), Row(0, 1))).Should().BeApproximately(1, 1e-12);
        Value(DistillationLosses.Features(Row(3, 4), Row(6, 8))).Should().BeApproximately(0, 1e-12);
    }

    [Fact]
    public void Smoothing_leaves_the_loss_of_equal_logits_and_is_that_of_libtorch()
    {
        using var scope = NewDisposeScope();
        Value(ClassLosses.Smoothed(Row(0, 0), Label(1))).Should().BeApproximately(Math.Log(2), 1e-12);
        Value(ClassLosses.Smoothed(Row(1, -2, 0.5), Label(1), 0.3)).Should().BeApproximately(
            Value(nn.functional.cross_entropy(Row(1, -2, 0.5), Label(1), label_smoothing: 0.3)), 1e-12);
    }

    [Fact]
    public void Local_cross_entropy_is_that_of_its_classes_and_leaves_others_without_a_gradient()
    {
        using var scope = NewDisposeScope();
        Value(ClassLosses.Local(Row(9, 1, 9, 1), Label(3), [3, 1])).Should().BeApproximately(Math.Log(2), 1e-12);
        Gradient(logits => ClassLosses.Local(logits, Label(3), [3, 1]), Row(9, 1, 9, 1)).Should().Equal(0, 0.5, 0, -0.5);
    }

    [Fact]
    public void Gradients_are_those_of_finite_differences()
    {
        using var scope = NewDisposeScope();
        var teacher = Row(0.3, -1, 2, 0.1);
        Func<Tensor, Tensor>[] losses =
        [
            logits => ClassLosses.Local(logits, Label(1), [1, 3]),
            logits => ClassLosses.Symmetric(logits, Label(1), 0.7, 0.4),
            logits => ClassLosses.Normalized(logits, Label(1), [[0, 2], [1, 3]], temperature: 0.5),
            logits => ClassLosses.Aligned(logits, Label(2), [1.4, 0.6, 1.1, 0.9]),
            logits => ClassLosses.Smoothed(logits, Label(0), 0.2),
            logits => DistillationLosses.Divergence(logits, teacher, 3),
            logits => DistillationLosses.CrossEntropy(logits, teacher),
            logits => DistillationLosses.Balanced(logits, teacher, [1.4, 0.6, 1.1, 0.9]),
            logits => DistillationLosses.Features(logits, teacher),
        ];
        double[] at = [0.5, -0.7, 1.2, 0.4];
        for (var which = 0; which < losses.Length; which++)
        {
            var own = Gradient(losses[which], Row(at));
            for (var i = 0; i < at.Length; i++)
            {
                double Moved(double by) => Value(losses[which](Row([.. at.Select((value, place) => place == i ? value + by : value)])));
                own[i].Should().BeApproximately((Moved(1e-5) - Moved(-1e-5)) / 2e-5, 1e-8, $"loss {which}, logit {i}");
            }
        }
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        using var scope = NewDisposeScope();
        FluentActions.Invoking(() => ClassLosses.Local(Row(0, 0, 0), Label(2), [0, 1])).Should().Throw<ArgumentException>().WithMessage("A label is none of the classes*");
        FluentActions.Invoking(() => ClassLosses.Local(Row(0, 0), Label(0), [0, 5])).Should().Throw<ArgumentException>().WithMessage("Classes 0, 5 do not fit 2 units*");
        FluentActions.Invoking(() => ClassLosses.Aligned(Row(0, 0), Label(0), [1, 0])).Should().Throw<ArgumentException>().WithMessage("*above 0*");
        FluentActions.Invoking(() => DistillationLosses.Divergence(Row(0, 0, 0), Row(0, 0))).Should().Throw<ArgumentException>().WithMessage("*student gives [1, 3] and the teacher [1, 2]*");
    }

    private static Tensor Row(params double[] values) => tensor(values).unsqueeze(0);

    private static Tensor Label(long id) => tensor(new[] { id });

    private static double Value(Tensor loss) => loss.item<double>();

    private static double[] Gradient(Func<Tensor, Tensor> loss, Tensor at)
    {
        var own = at.requires_grad_();
        loss(own).backward();
        return own.grad!.data<double>().ToArray();
    }
}
