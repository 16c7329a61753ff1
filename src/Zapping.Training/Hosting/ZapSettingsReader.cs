using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Zapping.Training.Initializers;

namespace Zapping.Training.Hosting;

/// <summary>
/// Reads <see cref="ZapSettings"/> from configuration. Unlike the framework's binder, it refuses keys that it does not know, says
/// what a value may be, and needs the abstractions of configuration only.
/// </summary>
internal sealed class ZapSettingsReader(string name, IConfiguration configuration) : IConfigureNamedOptions<ZapSettings>
{
    public const string Kinds = "StepBoundary, EpochBoundary, ClassBoundary or TaskBoundary";

    private static readonly Dictionary<string, Func<Initializer>> Initializers = new(StringComparer.OrdinalIgnoreCase)
    {
        ["KaimingNormal"] = () => Initializer.KaimingNormal(),
        ["KaimingNormalAsPublished"] = () => Initializer.KaimingNormal(KaimingFan.AsPublished),
        ["KaimingUniform"] = () => Initializer.KaimingUniform(),
        ["XavierNormal"] = Initializer.XavierNormal,
        ["XavierUniform"] = Initializer.XavierUniform,
        ["LayerDefault"] = () => Initializer.LayerDefault(),
        ["Zeros"] = Initializer.Zeros,
    };

    // In the order in which they are read: the kind of boundary before the rest of the schedule, the recipe before what changes it.
    private static readonly IReadOnlyList<Key> Keys =
    [
        Choice<BoundaryKind>("Every", (settings, every) => settings.Every = settings.Every is { } schedule ? schedule with { Every = every } : every),
        Schedule("Period", "a whole number of 1 or more", text => Whole(text, 1), (schedule, period) => schedule with { Period = period }),
        Schedule("From", "a whole number of 0 or more", text => Whole(text, 0), (schedule, from) => schedule with { From = from }),
        Schedule("Until", "a whole number of 1 or more", text => Whole(text, 1), (schedule, until) => schedule with { Until = until }),
        Schedule("AtMost", "a whole number of 0 or more", text => Whole(text, 0), (schedule, atMost) => schedule with { AtMost = atMost }),
        Schedule("SkipFirst", "true or false", Truth, (schedule, skipFirst) => schedule with { SkipFirst = skipFirst }),
        Schedule("Name", "a name, or left out", Text, (schedule, given) => schedule with { Name = given }),
        Schedule("Seed", $"a whole number from 0 to {ulong.MaxValue}", Seed, (schedule, seed) => schedule with { Seed = seed }),
        new("Recipe", "Published or Recommended", (settings, text) => settings.Options = (RecipeOf(text) ?? throw new FormatException()) with { }),
        new("Head", "the name of a layer, or left out", (settings, text) => settings.Options.Head = Text(text)),
        new("Units", "Default, BoundaryClasses, All, Random with a number such as 'Random 4', or unit numbers such as '0, 3'", (settings, text) => settings.Options.Units = UnitsOf(text)),
        new("Weights", Or(Initializers.Keys), (settings, text) => settings.Options.Weights = (Initializers.GetValueOrDefault(text) ?? throw new FormatException())()),
        Choice<BiasReset>("Bias", (settings, bias) => settings.Options.Bias = bias),
        Choice<OptimizerStateReset>("OptimizerState", (settings, state) => settings.Options.OptimizerState = state),
        new("AllowSharedWeights", "true or false", (settings, text) => settings.Options.AllowSharedWeights = Truth(text)),
    ];

    public void Configure(ZapSettings options) => Configure(Options.DefaultName, options);

    public void Configure(string? optionsName, ZapSettings options)
    {
        if (!string.Equals(optionsName, name, StringComparison.Ordinal))
        {
            return;
        }

        var entries = configuration.GetChildren().ToList();
        var failures = entries.FindAll(entry => !Keys.Any(key => key.Names(entry)))
            .ConvertAll(entry => $"{entry.Path} is not known; there are {string.Join(", ", Keys.Select(key => key.Name))}.");
        foreach (var (key, entry) in Keys.SelectMany(key => entries.Where(key.Names).Select(entry => (key, entry))))
        {
            if (key.Read(entry, options) is { } failure)
            {
                failures.Add(failure);
            }
            else if (options.Every is null && key.Name == "Every")
            {
                failures.Add($"{entry.Path} is missing; it must be {Kinds}.");
            }
        }

        if (failures.Count > 0)
        {
            throw new OptionsValidationException(name, typeof(ZapSettings), failures);
        }
    }

    private static Key Choice<T>(string name, Action<ZapSettings, T> set)
        where T : struct, Enum => new(name, Or(Enum.GetNames<T>()), (settings, text) => set(settings, Enum.GetNames<T>().FirstOrDefault(
            choice => string.Equals(choice, text, StringComparison.OrdinalIgnoreCase)) is { } choice ? Enum.Parse<T>(choice) : throw new FormatException()));

    // Without a kind of boundary, which is refused anyway, there is no schedule to change.
    private static Key Schedule<T>(string name, string allowed, Func<string, T> parse, Func<ResetSchedule, T, ResetSchedule> with) => new(name, allowed, (settings, text) =>
    {
        var value = parse(text);
        settings.Every = settings.Every is { } schedule ? with(schedule, value) : null;
    });

    private static string Text(string text) => string.IsNullOrWhiteSpace(text) ? throw new FormatException() : text;

    private static bool Truth(string text) => bool.Parse(text);

    private static ulong Seed(string text) => ulong.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

    private static long Whole(string text, long atLeast) => long.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) is var number && number >= atLeast
        ? number
        : throw new FormatException();

    private static ZapOptions? RecipeOf(string text) => text.ToUpperInvariant() switch
    {
        "PUBLISHED" => ZapOptions.Published,
        "RECOMMENDED" => ZapOptions.Recommended,
        _ => null,
    };

    private static UnitSelection UnitsOf(string text) => text.Trim().ToUpperInvariant() switch
    {
        "DEFAULT" => UnitSelection.Default,
        "BOUNDARYCLASSES" => UnitSelection.BoundaryClasses,
        "ALL" => UnitSelection.All,
        var random when random.StartsWith("RANDOM ", StringComparison.Ordinal) => UnitSelection.Random(Number(random["RANDOM ".Length..])),
        var numbers => UnitSelection.Indices([.. numbers.Split(',').Select(Number)]),
    };

    private static int Number(string text) => int.Parse(text, NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture);

    private static string Or(IReadOnlyCollection<string> names) => $"{string.Join(", ", names.SkipLast(1))} or {names.Last()}";

    private sealed record Key(string Name, string Allowed, Action<ZapSettings, string> Set)
    {
        public bool Names(IConfigurationSection entry) => string.Equals(Name, entry.Key, StringComparison.OrdinalIgnoreCase);

        /// <returns>What is wrong with the entry, or null.</returns>
        public string? Read(IConfigurationSection entry, ZapSettings settings)
        {
            if (entry.GetChildren().Any())
            {
                return $"{entry.Path} has keys below it, but it must be {Allowed}.";
            }

            if (entry.Value is null)
            {
                return null; // as if it were not there
            }

            try
            {
                Set(settings, entry.Value);
                return null;
            }
            catch (Exception failure) when (failure is FormatException or OverflowException or ArgumentException)
            {
                return $"{entry.Path} is '{entry.Value}', but it must be {Allowed}.";
            }
        }
    }
}
