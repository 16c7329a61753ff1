using Zapping.Training.Transfer;
using Key = PaperCurves.Sweeps.SweepKey<PaperCurves.Sweeps.TransferSettings>;

namespace PaperCurves.Sweeps;

/// <summary>The keys of a transfer in a sweep file, and the transfers that they make.</summary>
internal static class TransferKeys
{
    /// <summary>What stands before the learning rate in ids, so that no name may hold it.</summary>
    public const string RateMark = "-lr";

    private const string Any = "every transfer";
    private const string Sequential = "protocol: sequential";
    private const string Iid = "protocol: iid";
    private const string Stepped = "the protocols sequential and iid";

    private static readonly Key[] Numbers =
    [
        Key.Of("classes", Any, _ => true, value => value.Integer(1), (settings, classes) => settings with { Classes = classes }),
        Key.Of("support", Any, _ => true, value => value.Integer(1), (settings, images) => settings with { Support = images }),
        Key.Of("query", Any, _ => true, value => value.Integer(1), (settings, images) => settings with { Query = images }),
        Key.Of("trains", Stepped, IsStepped, value => value.Word<Trained>(), (settings, trains) => settings with { Trains = trains }),
        Key.Of("softmax", Stepped, IsStepped, value => value.Word<ClassMask>(), (settings, units) => settings with { Softmax = units }),
        Key.Of("evaluate_support", Any, _ => true, value => value.Word<SupportEvaluation>(), (settings, when) => settings with { EvaluateSupport = when }),
        Key.Of("evaluate_every", Sequential, IsSequential, value => value.Integer(1), (settings, classes) => settings with { EvaluateEvery = classes }),
        Key.Of("batch_size", Iid, IsIid, value => value.Integer(1), (settings, images) => settings with { BatchSize = images }),
        Key.Of("epochs", Iid, IsIid, value => value.Integer(1), (settings, epochs) => settings with { Epochs = epochs }),
        Key.Of("evaluate_at", Iid, IsIid, Ascending, (settings, steps) => settings with { EvaluateAt = steps }),
    ];

    private static readonly string[] All = ["protocol", "learning_rates", "trials", "networks", .. Numbers.Select(key => key.Name)];

    /// <summary>Reads one entry of "transfers".</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">The entry.</param>
    /// <param name="preset">Where the numbers that are not said come from.</param>
    /// <param name="networks">Names of all networks.</param>
    /// <exception cref="SweepException">It is wrong.</exception>
    public static TransferSweep Read(string name, YamlValue value, Preset preset, IReadOnlyList<string> networks)
    {
        if (name.Contains(RateMark, StringComparison.Ordinal))
        {
            throw value.Wrong($"the name of a transfer must not hold '{RateMark}', which stands before learning rates");
        }

        var map = value.Map(All);
        var settings = Defaults(map.Required("protocol").Word<TransferProtocol>(), preset);
        return new TransferSweep(
            name,
            Key.ReadAll(map, Numbers, settings)(settings),
            LearningRates(map, settings),
            map.Required("trials").Integer(0, 1000),
            map.Optional("networks")?.List(network => network.Word(networks)) ?? networks,
            value.Line);
    }

    // Numbers that a protocol does not use stay as they are, so that a preset cannot change the cells that do not use them.
    private static TransferSettings Defaults(TransferProtocol protocol, Preset preset)
    {
        var settings = new TransferSettings
        {
            Protocol = protocol,
            Classes = preset.TransferClasses,
            Support = preset.SupportImages,
            Query = preset.QueryImages,
        };
        return protocol switch
        {
            TransferProtocol.Sequential => settings with { EvaluateEvery = preset.HeadEvaluationPeriod },
            TransferProtocol.Iid => settings with
            {
                BatchSize = preset.IidBatchSize,
                Epochs = preset.IidEpochs,
                EvaluateAt = preset.IidEvaluations,
            },
            _ => settings,
        };
    }

    private static IReadOnlyList<double> LearningRates(YamlMap map, TransferSettings settings)
    {
        if (IsStepped(settings))
        {
            return map.Required("learning_rates").List(rate => rate.Rate());
        }

        return map.Optional("learning_rates") is { } rates ? throw rates.Wrong($"it changes nothing here; it is for {Stepped}") : [];
    }

    private static IReadOnlyList<int> Ascending(YamlValue value)
    {
        var steps = value.List(step => step.Integer(1));
        return steps.Zip(steps.Skip(1)).All(pair => pair.First < pair.Second) ? steps : throw value.Wrong("steps must ascend");
    }

    private static bool IsSequential(TransferSettings settings) => settings.Protocol == TransferProtocol.Sequential;

    private static bool IsIid(TransferSettings settings) => settings.Protocol == TransferProtocol.Iid;

    private static bool IsStepped(TransferSettings settings) => settings.Protocol != TransferProtocol.LeastSquares;
}
