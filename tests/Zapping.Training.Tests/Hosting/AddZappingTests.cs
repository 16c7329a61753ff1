using FluentAssertions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Xunit;
using Zapping.Training.Hosting;

namespace Zapping.Training.Tests.Hosting;

/// <summary>From configuration to settings.</summary>
public sealed class AddZappingTests
{
    [Fact]
    public void Every_key_is_read()
    {
        var settings = Read(
            ("every", "taskboundary"), ("Period", "3"), ("From", "2"), ("Until", "20"), ("AtMost", "4"), ("SkipFirst", "True"), ("Name", "classifier"),
            ("Seed", "18446744073709551615"), ("Head", "head"), ("Units", "random 5"), ("Weights", "XavierUniform"),
            ("Bias", "Redraw"), ("OptimizerState", "Slice"), ("AllowSharedWeights", "true"), ("Recipe", "Recommended"));

        settings.Every.Should().Be(new ResetSchedule(BoundaryKind.TaskBoundary)
        {
            Period = 3,
            From = 2,
            Until = 20,
            AtMost = 4,
            SkipFirst = true,
            Name = "classifier",
            Seed = ulong.MaxValue,
        });
        var policy = new ZapPolicy(settings.Options);
        policy.Description.Should().BeEquivalentTo(new ZapPolicy(new ZapOptions
        {
            Head = "head",
            Units = UnitSelection.Random(5),
            Weights = Initializer.XavierUniform(),
            Bias = BiasReset.Redraw,
            OptimizerState = OptimizerStateReset.Slice,
            AllowSharedWeights = true,
        }).Description);
    }

    [Fact]
    public void What_is_not_said_stays_at_its_default()
    {
        var settings = Read(("Every", "ClassBoundary"), ("Head", null));

        settings.Every.Should().Be(new ResetSchedule(BoundaryKind.ClassBoundary));
        new ZapPolicy(settings.Options).Description.Should().Equal(new ZapPolicy().Description);
    }

    [Fact]
    public void A_recipe_is_changed_by_the_other_keys_wherever_it_stands()
    {
        var settings = Read(("Every", "EpochBoundary"), ("Bias", "Keep"), ("Recipe", "recommended"));

        new ZapPolicy(settings.Options).Description.Should().Equal(new ZapPolicy(ZapOptions.Recommended with { Bias = BiasReset.Keep }).Description);
    }

    [Theory]
    [InlineData("Every", "weekly", "Zapping:Every is 'weekly', but it must be StepBoundary, EpochBoundary, ClassBoundary or TaskBoundary.")]
    [InlineData("Every", "9", "Zapping:Every is '9', but it must be StepBoundary, EpochBoundary, ClassBoundary or TaskBoundary.")]
    [InlineData("Every", null, "Zapping:Every is missing; it must be StepBoundary, EpochBoundary, ClassBoundary or TaskBoundary.")]
    [InlineData("Every", "EpochBoundary,ClassBoundary", "Zapping:Every is 'EpochBoundary,ClassBoundary', but it must be StepBoundary, EpochBoundary, ClassBoundary or TaskBoundary.")]
    [InlineData("Period", "often", "Zapping:Period is 'often', but it must be a whole number of 1 or more.")]
    [InlineData("Period", "0", "Zapping:Period is '0', but it must be a whole number of 1 or more.")]
    [InlineData("Period", "99999999999999999999", "Zapping:Period is '99999999999999999999', but it must be a whole number of 1 or more.")]
    [InlineData("Period:Every", "1", "Zapping:Period has keys below it, but it must be a whole number of 1 or more.")]
    [InlineData("From", "-1", "Zapping:From is '-1', but it must be a whole number of 0 or more.")]
    [InlineData("Until", "0", "Zapping:Until is '0', but it must be a whole number of 1 or more.")]
    [InlineData("AtMost", "-2", "Zapping:AtMost is '-2', but it must be a whole number of 0 or more.")]
    [InlineData("SkipFirst", "yes", "Zapping:SkipFirst is 'yes', but it must be true or false.")]
    [InlineData("Seed", "-1", "Zapping:Seed is '-1', but it must be a whole number from 0 to 18446744073709551615.")]
    [InlineData("Head", " ", "Zapping:Head is ' ', but it must be the name of a layer, or left out.")]
    [InlineData("Units", "Some", "Zapping:Units is 'Some', but it must be Default, BoundaryClasses, All, Random with a number such as 'Random 4', or unit numbers such as '0, 3'.")]
    [InlineData("Units", "Random", "Zapping:Units is 'Random', but it must be Default, BoundaryClasses, All, Random with a number such as 'Random 4', or unit numbers such as '0, 3'.")]
    [InlineData("Units", "Random 0", "Zapping:Units is 'Random 0', but it must be Default, BoundaryClasses, All, Random with a number such as 'Random 4', or unit numbers such as '0, 3'.")]
    [InlineData("Units", "Random 3000000000", "Zapping:Units is 'Random 3000000000', but it must be Default, BoundaryClasses, All, Random with a number such as 'Random 4', or unit numbers such as '0, 3'.")]
    [InlineData("Units", "1, 1", "Zapping:Units is '1, 1', but it must be Default, BoundaryClasses, All, Random with a number such as 'Random 4', or unit numbers such as '0, 3'.")]
    [InlineData("Units", "-1", "Zapping:Units is '-1', but it must be Default, BoundaryClasses, All, Random with a number such as 'Random 4', or unit numbers such as '0, 3'.")]
    [InlineData("Units", "", "Zapping:Units is '', but it must be Default, BoundaryClasses, All, Random with a number such as 'Random 4', or unit numbers such as '0, 3'.")]
    [InlineData("Units", "BoundaryClasses", "Zapping: UnitSelection.BoundaryClasses needs boundaries that name classes, and an EpochBoundary names none: choose All, Random or Indices, or another kind of boundary. (Parameter 'schedule')")]
    [InlineData("Recipe", "Mine", "Zapping:Recipe is 'Mine', but it must be Published or Recommended.")]
    [InlineData("Name", " ", "Zapping:Name is ' ', but it must be a name, or left out.")]
    [InlineData("Weights", "-1", "Zapping:Weights is '-1', but it must be KaimingNormal, KaimingNormalAsPublished, KaimingUniform, XavierNormal, XavierUniform, LayerDefault or Zeros.")]
    [InlineData("Bias", "7", "Zapping:Bias is '7', but it must be Keep, Zero or Redraw.")]
    [InlineData("OptimizerState", "Drop", "Zapping:OptimizerState is 'Drop', but it must be Keep, Slice or Parameter.")]
    [InlineData("AllowSharedWeights", "1", "Zapping:AllowSharedWeights is '1', but it must be true or false.")]
    [InlineData("Color", "red", "Zapping:Color is not known; there are Every, Period, From, Until, AtMost, SkipFirst, Name, Seed, Recipe, Head, Units, Weights, Bias, OptimizerState, AllowSharedWeights.")]
    public void A_bad_value_is_refused_with_its_key_and_what_is_allowed(string key, string? value, string message)
    {
        FluentActions.Invoking(() => Read(("Every", "EpochBoundary"), (key, value)))
            .Should().Throw<OptionsValidationException>().Which.Failures.Should().Equal(message);
    }

    [Fact]
    public void All_bad_values_are_named_at_once()
    {
        FluentActions.Invoking(() => Read(("Every", "weekly"), ("Period", "often"))).Should().Throw<OptionsValidationException>().Which.Failures.Should().HaveCount(2);
        FluentActions.Invoking(() => Read(("Period", "0"), ("From", "-1"))).Should().Throw<OptionsValidationException>().Which.Failures.Should().HaveCount(2);
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
        var options = services.GetRequiredService<IOptionsMonitor<ZapSettings>>();

        options.Get("slow").Every.Should().Be(new ResetSchedule(BoundaryKind.EpochBoundary));
        options.CurrentValue.Every.Should().Be(new ResetSchedule(BoundaryKind.TaskBoundary));
        options.Invoking(all => all.Get("fast")).Should().Throw<OptionsValidationException>().WithMessage("Zapping:Period is '0'*").Which.OptionsName.Should().Be("fast");
    }

    [Fact]
    public void Code_has_the_last_word_and_nothing_is_said_twice()
    {
        using var services = new ServiceCollection()
            .AddZapping(Section(("Every", "EpochBoundary"), ("Period", "5")))
            .AddZapping(settings => settings.Every = settings.Every! with { Period = settings.Every.Period - 5 })
            .BuildServiceProvider();

        services.Invoking(all => all.GetRequiredService<IOptions<ZapSettings>>().Value)
            .Should().Throw<OptionsValidationException>().WithMessage("Zapping: *Period*");
    }

    private static ZapSettings Read(params (string Key, string? Value)[] entries)
    {
        using var services = new ServiceCollection().AddZapping(Section(entries)).BuildServiceProvider();
        return services.GetRequiredService<IOptions<ZapSettings>>().Value;
    }

    // Of two entries with one key, the second counts.
    private static IConfigurationSection Section(params (string Key, string? Value)[] entries) => new ConfigurationBuilder()
        .AddInMemoryCollection(entries.GroupBy(entry => entry.Key, StringComparer.Ordinal).Select(group => KeyValuePair.Create($"Zapping:{group.Key}", group.Last().Value)))
        .Build().GetSection("Zapping");
}
