using CsCheck;
using FluentAssertions;
using Xunit;
using Zapping.Training.Optimizers;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Optimizers;

/// <summary>Optimizers of any numbers: they step, or are refused by name before they hold anything.</summary>
public sealed class FusedOptionsFuzzTests
{
    // TorchSharp's, where they are not the parameter's name.
    private static readonly Dictionary<string, string> Words = new(StringComparer.Ordinal) { ["lr"] = "lr|learning rate", ["eps"] = "eps|ε" };

    private static readonly Gen<(double Rate, double First, double Second, double Epsilon, double Decay, bool Flag, bool Maximize)> Any =
        Gen.Select(Odd.Doubles, Odd.Doubles, Odd.Doubles, Odd.Doubles, Odd.Doubles, Gen.Bool, Gen.Bool);

    [Fact]
    public void Adam() => Any.Sample(
        n => Check(net => new FusedAdam(net.parameters(), n.Rate, n.First, n.Second, n.Epsilon, n.Decay, n.Flag, n.Maximize), OfAdam(n)),
        iter: Fuzz.Iterations(600));

    [Fact]
    public void AdamW() => Any.Sample(
        n => Check(net => new FusedAdamW(net.parameters(), n.Rate, n.First, n.Second, n.Epsilon, n.Decay, n.Flag, n.Maximize), OfAdam(n)),
        iter: Fuzz.Iterations(600));

    [Fact]
    public void Sgd() => Any.Sample(
        n => Check(
            net => new FusedSgd(net.parameters(), n.Rate, n.First, n.Second, n.Decay, n.Flag, n.Maximize),
            ("lr", IsAmount(n.Rate)), ("momentum", IsAmount(n.First)), ("dampening", Math.Abs(n.Second) <= float.MaxValue), ("weight_decay", IsAmount(n.Decay)),
            ("nesterov", !n.Flag || (n.First > 0 && n.Second == 0))),
        iter: Fuzz.Iterations(600));

    private static (string Option, bool Holds)[] OfAdam((double Rate, double First, double Second, double Epsilon, double Decay, bool Flag, bool Maximize) n) =>
    [
        ("lr", IsAmount(n.Rate)), ("beta1", n.First is >= 0 and < 1), ("beta2", n.Second is >= 0 and < 1), ("eps", IsAmount(n.Epsilon)),
        ("weight_decay", IsAmount(n.Decay)),
    ];

    private static bool IsAmount(double value) => value is >= 0 and <= float.MaxValue;

    // Numbers are checked one at a time, and by TorchSharp first.
    private static void Check(Func<nn.Module, optim.Optimizer> make, params (string Option, bool Holds)[] rules)
    {
        using var net = Nets.Small();
        var broken = rules.Where(rule => !rule.Holds).Select(rule => Words.GetValueOrDefault(rule.Option, rule.Option)).ToList();
        optim.Optimizer? optimizer = null;
        var refusal = Record.Exception(() => optimizer = make(net));
        using (optimizer)
        {
            if (broken.Count > 0)
            {
                refusal.Should().BeAssignableTo<ArgumentException>().Which.Message.Should().MatchRegex($"(?i)({string.Join('|', broken)})");
                return;
            }

            refusal.Should().BeNull();
            FluentActions.Invoking(() => Nets.Step(net, optimizer!)).Should().NotThrow();
        }
    }
}
