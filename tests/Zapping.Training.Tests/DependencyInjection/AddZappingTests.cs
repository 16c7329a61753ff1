using FluentAssertions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Xunit;

namespace Zapping.Training.Tests.DependencyInjection;

/// <summary>From configuration to settings.</summary>
public sealed class AddZappingTests
{
    [Fact]
    public void Every_key_is_read()
    {
        var settings = Read(
            ("every", "taskboundary"), ("Period", "3"), ("From", "2"), ("Until", "20"), ("AtMost", "4"), ("SkipFirst", "True"),
            ("Seed", "18446744073709551615"), ("Head", "head"), ("Rows", "Random"), ("RandomRows", "5"), ("Weights", "XavierUniform"),
            ("Bias", "Redraw"), ("OptimizerState", "Slice"), ("AllowSharedWeights", "true"));

        settings.Should().BeEquivalentTo(new ZappingSettings
        {
            Every = BoundaryKind.TaskBoundary,
            Period = 3,
            From = 2,
            Until = 20,
            AtMost = 4,
            SkipFirst = true,
            Seed = ulong.MaxValue,
            Head = "head",
            Rows = ZappedRows.Random,
            RandomRows = 5,
            Weights = FreshWeights.XavierUniform,
            Bias = BiasReset.Redraw,
            OptimizerState = OptimizerStateReset.Slice,
            AllowSharedWeights = true,
        });
    }

    [Fact]
    public void What_is_not_said_stays_at_its_default()
    {
        Read(("Every", "ClassBoundary"), ("Head", null)).Should().BeEquivalentTo(new ZappingSettings { Every = BoundaryKind.ClassBoundary });
    }

    [Theory]
    [InlineData("Every", "weekly", "Zapping:Every is 'weekly', but it must be StepBoundary, EpochBoundary, ClassBoundary or TaskBoundary.")]
    [InlineData("Every", "9", "Zapping:Every is '9', but it must be StepBoundary, EpochBoundary, ClassBoundary or TaskBoundary.")]
    [InlineData("Every", null, "Zapping:Every is missing; it must be StepBoundary, EpochBoundary, ClassBoundary or TaskBoundary.")]
    [InlineData("Every", "EpochBoundary,ClassBoundary", "Zapping:Every is 'EpochBoundary,ClassBoundary', but it must be StepBoundary, EpochBoundary, ClassBoundary or TaskBoundary.")]
    [InlineData("Period", "often", "Zapping:Period is 'often', but it must be a whole number up to 9223372036854775807.")]
    [InlineData("Period", "0", "Zapping:Period is '0', but it must be a whole number of 1 or more.")]
    [InlineData("Period", "99999999999999999999", "Zapping:Period is '99999999999999999999', but it must be a whole number up to 9223372036854775807.")]
    [InlineData("Period:Every", "1", "Zapping:Period has keys below it, but it must be a whole number up to 9223372036854775807.")]
    [InlineData("From", "-1", "Zapping:From is '-1', but it must be a whole number of 0 or more.")]
    [InlineData("Until", "0", "Zapping:Until is '0', but it must lie above From, which is 0.")]
    [InlineData("AtMost", "-2", "Zapping:AtMost is '-2', but it must be a whole number of 0 or more.")]
    [InlineData("SkipFirst", "yes", "Zapping:SkipFirst is 'yes', but it must be true or false.")]
    [InlineData("Seed", "-1", "Zapping:Seed is '-1', but it must be a whole number from 0 to 18446744073709551615.")]
    [InlineData("Head", " ", "Zapping:Head is ' ', but it must be the name of a layer, or left out.")]
    [InlineData("Rows", "Some", "Zapping:Rows is 'Some', but it must be OfBoundary, All or Random.")]
    [InlineData("Rows", "Random", "Zapping:RandomRows is missing; it must say how many rows, as Rows is Random.")]
    [InlineData("RandomRows", "3", "Zapping:RandomRows is '3', but it must be left out, as Rows is not Random.")]
    [InlineData("RandomRows", "0", "Zapping:RandomRows is '0', but it must be a whole number of 1 or more.")]
    [InlineData("RandomRows", "3000000000", "Zapping:RandomRows is '3000000000', but it must be a whole number up to 2147483647.")]
    [InlineData("Rows", "OfBoundary", "Zapping:Rows is 'OfBoundary', but it must be All or Random, as an EpochBoundary names no classes.")]
    [InlineData("Weights", "-1", "Zapping:Weights is '-1', but it must be KaimingNormal, KaimingNormalAsPublished, KaimingUniform, XavierNormal, XavierUniform, LayerDefault or Zeros.")]
    [InlineData("Bias", "7", "Zapping:Bias is '7', but it must be Keep, Zero or Redraw.")]
    [InlineData("OptimizerState", "Drop", "Zapping:OptimizerState is 'Drop', but it must be Keep, Slice or Parameter.")]
    [InlineData("AllowSharedWeights", "1", "Zapping:AllowSharedWeights is '1', but it must be true or false.")]
    [InlineData("Colour", "red", "Zapping:Colour is not known; there are Every, Period, From, Until, AtMost, SkipFirst, Seed, Head, Rows, RandomRows, Weights, Bias, OptimizerState, AllowSharedWeights.")]
    public void A_bad_value_is_refused_with_its_key_and_what_is_allowed(string key, string? value, string message)
    {
        FluentActions.Invoking(() => Read(("Every", "EpochBoundary"), (key, value)))
            .Should().Throw<OptionsValidationException>().Which.Failures.Should().Equal(message);
    }

    [Fact]
    public void All_bad_values_are_named_at_once()
    {
        FluentActions.Invoking(() => Read(("Every", "weekly"), ("Period", "often"))).Should().Throw<OptionsValidationException>().Which.Failures.Should().HaveCount(2);
        FluentActions.Invoking(() => Read(("Period", "0"), ("From", "-1"))).Should().Throw<OptionsValidationException>().Which.Failures.Should().HaveCount(3);
    }

    [Fact]
    public async Task A_host_refuses_to_start_on_invalid_settings()
    {
        var builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Configuration.AddInMemoryCollection([new("Training:Zapping:Every", "ClassBoundary"), new("Training:Zapping:Period", "-1")]);
        builder.Services.AddZapping(builder.Configuration.GetSection("Training:Zapping"));
        using var host = builder.Build();

        var start = () => host.StartAsync(TestContext.Current.CancellationToken);

        (await start.Should().ThrowAsync<OptionsValidationException>())
            .WithMessage("Training:Zapping:Period is '-1', but it must be a whole number of 1 or more.");
    }

    [Fact]
    public void Named_settings_are_read_and_checked_apart()
    {
        using var services = new ServiceCollection()
            .AddZapping(Section(("Every", "EpochBoundary")), "slow")
            .AddZapping(Section(("Every", "StepBoundary"), ("Period", "0")), "fast")
            .AddZapping(settings => settings.Every = BoundaryKind.TaskBoundary)
            .BuildServiceProvider();
        var options = services.GetRequiredService<IOptionsMonitor<ZappingSettings>>();

        options.Get("slow").Every.Should().Be(BoundaryKind.EpochBoundary);
        options.CurrentValue.Every.Should().Be(BoundaryKind.TaskBoundary);
        options.Invoking(all => all.Get("fast")).Should().Throw<OptionsValidationException>().WithMessage("Zapping:Period is '0'*").Which.OptionsName.Should().Be("fast");
    }

    [Fact]
    public void Code_has_the_last_word_and_nothing_is_said_twice()
    {
        using var services = new ServiceCollection()
            .AddZapping(Section(("Every", "EpochBoundary"), ("Period", "5")))
            .AddZapping(settings => settings.Period -= 5)
            .BuildServiceProvider();

        services.Invoking(all => all.GetRequiredService<IOptions<ZappingSettings>>().Value)
            .Should().Throw<OptionsValidationException>().WithMessage("Zapping:Period is '0', but it must be a whole number of 1 or more.");
    }

    private static ZappingSettings Read(params (string Key, string? Value)[] entries)
    {
        using var services = new ServiceCollection().AddZapping(Section(entries)).BuildServiceProvider();
        return services.GetRequiredService<IOptions<ZappingSettings>>().Value;
    }

    // Of two entries with one key, the second counts.
    private static IConfigurationSection Section(params (string Key, string? Value)[] entries) => new ConfigurationBuilder()
        .AddInMemoryCollection(entries.GroupBy(entry => entry.Key, StringComparer.Ordinal).Select(group => KeyValuePair.Create($"Zapping:{group.Key}", group.Last().Value)))
        .Build().GetSection("Zapping");
}
