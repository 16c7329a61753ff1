using PaperCurves.Pretraining;
using Zapping.Training;
using Zapping.Training.Initializers;
using Key = PaperCurves.Sweeps.SweepKey<PaperCurves.Pretraining.PretrainingPlan>;

namespace PaperCurves.Sweeps;

/// <summary>The keys of a network in a sweep file, and the networks that they make.</summary>
internal static class NetworkKeys
{
    private const string Any = "every network";
    private const string Zapped = "networks with zap: true";
    private const string Batches = "method: iid";
    private const string Episodes = "the methods asb and meta-asb";

    private static readonly Key[] Numbers =
    [
        Key.Of("length", Any, _ => true, value => value.Integer(1), (plan, length) => plan with { Length = length }),
        Key.Of("width", Any, _ => true, value => value.Integer(1, 4096), (plan, width) => plan with { Width = width }),
        Key.Of("classes", Any, _ => true, value => value.Integer(1), (plan, classes) => plan with { Classes = classes }),
        Key.Of("learning_rate", Any, _ => true, value => value.Rate(), (plan, rate) => plan with { LearningRate = rate }),
        Key.Of("save_every", Any, _ => true, value => value.Integer(1), (plan, steps) => plan with { SaveEvery = steps }),
        Key.Of("batch_size", Batches, IsIid, value => value.Integer(1), (plan, images) => plan with { BatchSize = images }),
        Key.Of("schedule", Batches, IsIid, value => value.Word<RateSchedule>(), (plan, schedule) => plan with { Schedule = schedule }),
        Key.Of("zap_rows", $"{Zapped} and {Batches}", IsZappedIid, value => value.Integer(1), (plan, rows) => plan with { ZapRows = rows }),
        Key.Of("zap_period", $"{Zapped} and {Batches}", IsZappedIid, value => value.Integer(1), (plan, steps) => plan with { ZapPeriod = steps }),
        Key.Of("zap_fan", Zapped, plan => plan.Zap, value => value.Word<KaimingFan>(), (plan, fan) => plan with { ZapFan = fan }),
        Key.Of("zap_bias", Zapped, plan => plan.Zap, value => value.Word<BiasReset>(), (plan, bias) => plan with { ZapBias = bias }),
        Key.Of(
            "zap_optimizer_state",
            Zapped,
            plan => plan.Zap,
            value => value.Word<OptimizerStateReset>(),
            (plan, state) => plan with { ZapOptimizerState = state }),
        Key.Of("inner_learning_rate", Episodes, IsEpisodic, value => value.Rate(), (plan, rate) => plan with { InnerLearningRate = rate }),
        Key.Of("remember_images", Episodes, IsEpisodic, value => value.Integer(1), (plan, images) => plan with { RememberImages = images }),
        Key.Of(
            "first_order",
            "method: meta-asb",
            plan => plan.Method == Method.MetaAsb,
            value => value.Flag(),
            (plan, first) => plan with { FirstOrder = first }),
    ];

    private static readonly string[] All = ["method", "zap", "seeds", .. Numbers.Select(key => key.Name)];

    /// <summary>Reads one entry of "networks".</summary>
    /// <exception cref="SweepException">It is wrong.</exception>
    public static NetworkSweep Read(string name, YamlValue value)
    {
        var map = value.Map(All);
        var method = MethodNames.Parse(map.Required("method").Word(MethodNames.Keys));
        var zap = map.Required("zap").Flag();
        var sample = new PretrainingPlan { Preset = "", Data = "", Method = method, Zap = zap, Length = 1 };
        return new NetworkSweep(name, method, zap, map.Required("seeds").List(seed => seed.Seed()), Key.ReadAll(map, Numbers, sample));
    }

    private static bool IsIid(PretrainingPlan plan) => plan.Method == Method.Iid;

    private static bool IsZappedIid(PretrainingPlan plan) => plan.Zap && IsIid(plan);

    private static bool IsEpisodic(PretrainingPlan plan) => !IsIid(plan);
}
