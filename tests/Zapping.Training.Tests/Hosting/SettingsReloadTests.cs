using FluentAssertions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Xunit;
using Zapping.Training.Hosting;
using Zapping.Training.Tests.Shared;
using Zapping.Training.Tests.Telemetry;
using static TorchSharp.torch;
using static Zapping.Training.BoundaryKind;

namespace Zapping.Training.Tests.Hosting;

/// <summary>A trainer follows configuration that changes, where it can.</summary>
public sealed class SettingsReloadTests : IDisposable
{
    private readonly nn.Module<Tensor, Tensor> _net = Nets.Small();
    private readonly optim.Optimizer _optimizer;
    private readonly ContinualTrainer _trainer;
    private readonly RecordedLog _log = new(LogLevel.Information);
    private readonly IConfigurationRoot _configuration;
    private readonly ServiceProvider _services;
    private readonly IOptionsMonitor<ZapSettings> _monitor;

    public SettingsReloadTests()
    {
        _optimizer = optim.SGD(_net.parameters(), 0.1);
        _configuration = new ConfigurationBuilder().AddInMemoryCollection(
            [new("Zapping:Every", "ClassBoundary"), new("Zapping:Head", "head"), new("Zapping:Weights", "Zeros"), new("Zapping:Period", "2")]).Build();
        _services = new ServiceCollection().AddZapping(_configuration.GetSection("Zapping")).BuildServiceProvider();
        _monitor = _services.GetRequiredService<IOptionsMonitor<ZapSettings>>();
        _trainer = new ContinualTrainer(_net, _optimizer).UseZapping(_monitor).UseLogging(_log);
    }

    public void Dispose()
    {
        _services.Dispose();
        _trainer.Dispose();
        _optimizer.Dispose();
        _net.Dispose();
    }

    [Fact]
    public void A_monitor_has_what_configuration_says_now()
    {
        _monitor.CurrentValue.Every!.Period.Should().Be(2);
        Change(("Period", "5"));
        _monitor.CurrentValue.Every!.Period.Should().Be(5);
        _services.GetRequiredService<IOptions<ZapSettings>>().Value.Every!.Period.Should().Be(5, "it is asked for the first time");
    }

    [Fact]
    public void A_change_takes_effect_at_the_next_boundary()
    {
        Zaps(4).Should().Be(2, "of classes 0 to 3, numbers 0 and 2");
        Change(("Period", "1"), ("Bias", "Zero"));
        Zaps(3).Should().Be(3);
        _trainer.Schedulers[0].Schedule.Should().Be(new ResetSchedule(ClassBoundary) { Period = 1, Name = _trainer.Schedulers[0].Schedule.Name });
        Nets.HeadOf(_net).bias!.narrow(0, 4, 3).abs().sum().item<float>().Should().Be(0);
        Nets.HeadOf(_net).bias!.narrow(0, 0, 4).abs().sum().item<float>().Should().BePositive("the old settings kept it");
        Change(("AtMost", "5"));
        Zaps(1).Should().Be(0);
        Entries().Should().Equal(
            (50, LogLevel.Information, "Settings of ZapPolicy changed: Period is 1 and was 2, Bias is Zero and was Keep"), (50, LogLevel.Information, "Settings of ZapPolicy changed: AtMost is 5 and was none"));
    }

    [Theory]
    [InlineData("Every", "EpochBoundary", "Every is EpochBoundary, but it cannot change while there is a trainer; it stays ClassBoundary.")]
    [InlineData("Seed", "9", "Seed is 9, but it cannot change while there is a trainer; it stays 0.")]
    [InlineData("Name", "other", "Name is other, but it cannot change while there is a trainer; it stays none.")]
    [InlineData("Head", "body", "Head is ByName(body), but it cannot change while there is a trainer; it stays ByName(head).")]
    [InlineData("Period", "0", "Zapping:Period is '0', but it must be a whole number of 1 or more.")]
    [InlineData("Weights", "Random", "Zapping:Weights is 'Random', but it must be KaimingNormal, KaimingNormalAsPublished, KaimingUniform, XavierNormal, XavierUniform, LayerDefault or Zeros.")]
    public void What_cannot_be_used_is_refused_once_and_the_old_settings_stay(string key, string value, string reason)
    {
        Zaps(1).Should().Be(1);
        Change((key, value), ("AtMost", "1"));

        Zaps(4).Should().Be(2, "the old ones have no limit");

        Entries().Should().Equal((51, LogLevel.Warning, $"Changed settings of ZapPolicy are not used, and the old ones stay in force: {reason}"));
        Change((key, _before), ("AtMost", "4"));
        Zaps(3).Should().Be(1, "it is the fourth");
        Entries().Skip(1).Should().Equal((50, LogLevel.Information, "Settings of ZapPolicy changed: AtMost is 4 and was none"));
    }

    [Fact]
    public void A_trainer_is_not_given_invalid_settings()
    {
        Change(("Period", "0"));
        using var trainer = new ContinualTrainer(_net, _optimizer);
        trainer.Invoking(t => t.UseZapping(_monitor)).Should().Throw<OptionsValidationException>().WithMessage("Zapping:Period is '0'*");
        trainer.Schedulers.Should().BeEmpty();
    }

    [Fact]
    public void Settings_of_a_name_are_followed_by_it()
    {
        using var services = new ServiceCollection().AddZapping(_configuration.GetSection("Zapping"), "mine").BuildServiceProvider();
        using var trainer = new ContinualTrainer(_net, _optimizer).UseZapping(services.GetRequiredService<IOptionsMonitor<ZapSettings>>(), "mine");
        Change(("Period", "1"));
        trainer.BeginClass(0);
        trainer.BeginClass(1);
        trainer.Schedulers[0].State.Resets.Should().Be(2);
    }

    private string? _before;

    private long Zaps(int classes)
    {
        var before = _trainer.Schedulers[0].State.Resets;
        for (var i = 0; i < classes; i++)
        {
            _trainer.BeginClass((int)_trainer.State.Classes % Nets.Units);
        }

        return _trainer.Schedulers[0].State.Resets - before;
    }

    private IEnumerable<(int, LogLevel, string)> Entries() => _log.Entries.Where(entry => entry.Id >= 50).Select(entry => (entry.Id, entry.Level, entry.Text));

    private void Change(params (string Key, string? Value)[] entries)
    {
        _before = _configuration[$"Zapping:{entries[0].Key}"];
        foreach (var (key, value) in entries)
        {
            _configuration[$"Zapping:{key}"] = value;
        }

        try
        {
            _configuration.Reload();
        }
        catch (Exception failure) when (failure is OptionsValidationException or AggregateException)
        {
            // Whoever reloads by hand is told; a file's watcher tells nobody.
        }
    }
}
