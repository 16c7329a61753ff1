using CsCheck;
using FluentAssertions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;
using Zapping.Training.Hosting;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Hosting;

/// <summary>Any configuration: settings that a trainer takes, or failures that name what is wrong with which key.</summary>
public sealed class ZapSettingsFuzzTests
{
    private static readonly string?[] Odds =
    [
        null, "", " ", "\t\n", "0", "1", "-1", " 2 ", "+3", "1.5", "1e3", "١", "NaN", "∞", "0x", "2147483648", "9223372036854775807", "9223372036854775808",
        "-9223372036854775809", "18446744073709551616", "99999999999999999999999", "true", "TRUE", "yes", "null", "[]", "{}", "head", "nowhere", "\0", "\ud800",
        "StepBoundary", "epochboundary", " ClassBoundary ", "Task Boundary", "StepBoundary, TaskBoundary", "EpochBoundary,ClassBoundary", "ClassBoundary,",
        "Random", "random 2", "Random 99", "All", "BoundaryClasses", "All,Random", "0, 3", "7,7", "Recommended", "Zero", "Keep", "Zero, Redraw", "Slice", "XavierUniform", "KaimingNormal, Zeros", new('9', 10_000),
    ];

    private static readonly string[] Keys =
    [
        "Every", "Period", "From", "Until", "AtMost", "SkipFirst", "Name", "Seed", "Recipe", "Head", "Units", "Weights", "Bias", "OptimizerState", "AllowSharedWeights", "Color", "", " Every", "Every:Below", "Every:", "Périod", "\0", "Zapping",
    ];

    private static readonly Gen<(string Key, string? Value)> Entry = Gen.Select(
        Odd.Of(Keys), Odd.Of<Func<string, string>>(key => key, key => key.ToUpperInvariant(), key => key.ToLowerInvariant()), Odd.Of(Odds), (key, spell, value) => (spell(key), value));

    private static readonly Gen<string> Plausible = Odd.Of("StepBoundary", "EpochBoundary", "CLASSBOUNDARY", "taskboundary");

    [Fact]
    public void Read_or_refused_by_key() => Gen.Select(Plausible, Entry.Array[0, 3]).Sample(
        (every, entries) =>
        {
            var section = Section([("Every", every), .. entries]);
            using var services = new ServiceCollection().AddZapping(section).BuildServiceProvider();
            ZapSettings? settings = null;
            var refusal = Record.Exception(() => settings = services.GetRequiredService<IOptions<ZapSettings>>().Value);
            if (refusal is not null)
            {
                refusal.Should().BeOfType<OptionsValidationException>().Which.Failures.Should().NotBeEmpty().And.OnlyContain(
                    failure => failure.StartsWith("Zapping:", StringComparison.Ordinal));
                return;
            }

            Said(section, "Every")?.Should().BeEquivalentTo($"{settings!.Every!.Every}");
            Said(section, "Bias")?.Should().BeEquivalentTo($"{settings!.Options.Bias}");
            Said(section, "OptimizerState")?.Should().BeEquivalentTo($"{settings!.Options.OptimizerState}");
            Used(settings!);
        },
        iter: Fuzz.Iterations(1_500));

    // Null if the configuration says nothing, or a number, which is the framework's other way of naming a value.
    private static string? Said(IConfigurationSection section, string key) =>
        section[key]?.Trim() is { Length: > 0 } text && !char.IsAsciiDigit(text[^1]) ? text : null;

    private static void Used(ZapSettings settings)
    {
        using var net = Nets.Small();
        using var optimizer = optim.SGD(net.parameters(), 0);
        using var trainer = new ContinualTrainer(net, optimizer).UseZapping(settings);
        var before = Nets.Bits(net);
        var refusal = Record.Exception(() => trainer.Schedulers.Single().Signal(settings.Every!.Every, 2));
        if (refusal is not null)
        {
            refusal.Should().BeOfType<InvalidOperationException>();
            Nets.Bits(net).Should().BeEquivalentTo(before, options => options.WithStrictOrdering());
        }
    }

    // Of two entries with one key, the last counts.
    private static IConfigurationSection Section(params IEnumerable<(string Key, string? Value)> entries) => new ConfigurationBuilder()
        .AddInMemoryCollection(entries.GroupBy(entry => entry.Key, StringComparer.OrdinalIgnoreCase).Select(group => KeyValuePair.Create($"Zapping:{group.Key}", group.Last().Value)))
        .Build().GetSection("Zapping");
}
