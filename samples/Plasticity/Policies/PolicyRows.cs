using Zapping.Training;
using Zapping.Training.HiddenUnits;
using Zapping.Training.Initializers;
using Zapping.Training.Parameters;
using Zapping.Training.Penalties;
using Zapping.Training.Policies;
using Zapping.Training.UpdateRules;
using static Plasticity.Policies.PolicyRow;

namespace Plasticity.Policies;

/// <summary>Every policy of the comparison, in the order of tables.</summary>
internal static class PolicyRows
{
    /// <summary>The two references: what happens without any, and what a new network does on each task.</summary>
    public const string Plain = "plain";

    /// <summary>Everything is drawn anew at each task.</summary>
    public const string AllNew = "all-new";

    public static IReadOnlyList<PolicyRow> All { get; } =
    [
        Of(Plain, "no reset", (_, _) => { }),
        Of(AllNew, "a new network and a new optimizer at each task", (trainer, facts) => trainer.UseFullReset(facts.AtTasks)) with { KnowsTasks = true },
        Of("moments-new", "a new optimizer at each task, and the weights stay", (trainer, facts) => trainer.UseShrinkAndPerturb(
            facts.AtTasks, new ShrinkAndPerturbOptions { Shrink = 1, Perturb = 0, OptimizerState = OptimizerStateReset.Parameter })) with { KnowsTasks = true },
        .. Heads(),
        .. Units(),
        .. Weights(),
        .. EveryStep(),
        .. Pairs(),
    ];

    /// <summary>A row by its name; null if there is none.</summary>
    public static PolicyRow? Find(string name) => All.FirstOrDefault(row => row.Name == name);

    private static IEnumerable<PolicyRow> Heads()
    {
        yield return new PolicyRow("head", "the classifier anew at tasks, its bias 0, its moments forgotten", Set(("period", 1)), (trainer, facts) => trainer.UseZapping(
            facts.AtTasks with { Period = (long)facts["period"] }, Head))
        { KnowsTasks = true, Grid = [.. from period in new[] { 4, 2, 1 } select Set(("period", period))] };
        yield return new PolicyRow("head-published", "the classifier's weights anew at tasks as the paper's code draws them; bias and moments stay", Set(), (trainer, facts) => trainer.UseZapping(
            facts.AtTasks, new ZapOptions { Head = "head", Units = UnitSelection.All, Weights = Initializer.KaimingNormal(KaimingFan.AsPublished) }))
        { KnowsTasks = true };
        yield return new PolicyRow("later-layers", "the last layers anew at tasks", Set(("layers", 2), ("period", 1)), (trainer, facts) => trainer.UseLaterLayerForgetting(
            facts.Example, facts.AtTasks with { Period = (long)facts["period"] }, options => options.Layers = LayerRange.Last((int)facts["layers"])))
        { KnowsTasks = true, Grid = [.. from period in new[] { 4, 2, 1 } from layers in new[] { 2, 3 } select Set(("layers", layers), ("period", period))] };
    }

    private static IEnumerable<PolicyRow> Units()
    {
        yield return new PolicyRow("redo", "dormant units anew (ReDo)", Set(("tasks", 1), ("tau", 0.1)), ReDo)
        { Grid = [.. from tasks in new[] { 2, 1, 0.5, 0.25 } from tau in new[] { 0.025, 0.1 } select Set(("tasks", tasks), ("tau", tau))] };
        yield return new PolicyRow("snr", "units anew that are silent for longer than is usual for them (SNR)", Set(("quantile", 0.99), ("window", 2000)), (trainer, facts) => trainer.UseSelfNormalizedResets(
            facts.Example, facts.AtSteps, options => (options.Quantile, options.UpdateEvery) = (facts["quantile"], (int)facts["window"])))
        { Grid = [.. from quantile in new[] { 0.995, 0.99, 0.95, 0.9 } from window in new[] { 2000, 500 } select Set(("quantile", quantile), ("window", window))] };
        yield return new PolicyRow("regrama", "units anew whose weights get almost no gradient (ReGraMa)", Set(("tasks", 1), ("tau", 0.01)), (trainer, facts) => trainer.UseReGraMa(
            facts.Example, facts.EachSteps(facts["tasks"] * facts.Problem.StepsPerTask), options => options.Threshold = facts["tau"]))
        { Grid = [.. from tasks in new[] { 2, 1, 0.5, 0.25 } from tau in new[] { 0.01, 0.1 } select Set(("tasks", tasks), ("tau", tau))] };
        yield return new PolicyRow("continual-backprop", "a few units of low utility anew at each step", Set(("rate", 1e-4), ("maturity", 100)), (trainer, facts) => trainer.UseContinualBackprop(
            facts.Example, facts.AtSteps, options => (options.ReplacementRate, options.MaturityThreshold) = (facts["rate"], (long)facts["maturity"])))
        { Grid = [.. from rate in new[] { 1e-5, 1e-4, 1e-3, 1e-2 } from maturity in new[] { 1000, 100 } select Set(("rate", rate), ("maturity", maturity))] };
    }

    private static IEnumerable<PolicyRow> Weights()
    {
        yield return new PolicyRow("shrink-tasks", "shrink and perturb at tasks", Set(("shrink", 0.4), ("perturb", 0.1)), (trainer, facts) => trainer.UseShrinkAndPerturb(
            facts.AtTasks, options => (options.Shrink, options.Perturb) = (facts["shrink"], facts["perturb"])))
        { KnowsTasks = true, Grid = [.. from shrink in new[] { 0.8, 0.6, 0.4, 0.2 } from perturb in new[] { 0.1, 0.3 } select Set(("shrink", shrink), ("perturb", perturb))] };
        yield return new PolicyRow("shrink-steps", "shrink and perturb at each 10th step", Set(("decay", 1e-2), ("scale", 1)), (trainer, facts) => trainer.UseShrinkAndPerturb(
            facts.EachSteps(10), options => (options.Shrink, options.Perturb) = (1 - facts["decay"], facts["scale"] * Math.Sqrt(1 - ((1 - facts["decay"]) * (1 - facts["decay"]))))))
        { Grid = [.. from decay in new[] { 1e-4, 1e-3, 1e-2, 1e-1 } from scale in new[] { 0.3, 1 } select Set(("decay", decay), ("scale", scale))] };
        yield return new PolicyRow("selective-weights", "the least useful single weights anew", Set(("tasks", 1), ("factor", 1e-3)), (trainer, facts) => trainer.UseSelectiveWeights(
            facts.EachSteps(facts["tasks"] * facts.Problem.StepsPerTask), options => options.Factor = facts["factor"]))
        { Grid = [.. from tasks in new[] { 1, 0.1 } from factor in new[] { 1e-4, 1e-3, 1e-2, 1e-1 } select Set(("tasks", tasks), ("factor", factor))] };
        yield return new PolicyRow("fire", "weight matrices to the nearest isometries at tasks (FIRE)", Set(("iterations", 10)), (trainer, facts) => trainer.UseFire(
            facts.AtTasks, options => options.Iterations = (int)facts["iterations"]))
        { KnowsTasks = true, Grid = [Set(("iterations", 3)), Set(("iterations", 5)), Set(("iterations", 10))] };
        yield return new PolicyRow("dash", "weights that the coming task does not ask for shrink (DASH)", Set(("smoothing", 0.3), ("floor", 0.3)), (trainer, facts) => trainer.UseDash(
            facts.AtTasks, () => facts.BatchesOf(trainer.State.Tasks), options => (options.Smoothing, options.Floor) = (facts["smoothing"], facts["floor"])))
        { KnowsTasks = true, Grid = [.. from floor in new[] { 0.3, 0.1, 0.03, 0 } from smoothing in new[] { 0.3, 0.1 } select Set(("smoothing", smoothing), ("floor", floor))] };
        yield return new PolicyRow("masked", "a fixed corner of each layer stays at tasks (knowledge evolution)", Set(("keep", 0.5)), (trainer, facts) => trainer.UseMaskedReset(
            facts.AtTasks, options => options.Keep = facts["keep"]))
        { KnowsTasks = true, Grid = [.. from keep in new[] { 0.8, 0.5, 0.2 } select Set(("keep", keep))] };
        yield return new PolicyRow("hare-and-tortoise", "returns to a running average of itself", Set(("tasks", 1), ("decay", 0.99)), (trainer, facts) => trainer.UseHareAndTortoise(
            facts.AtSteps, options => (options.ReturnEvery, options.Decay) = (Math.Max(1, (long)(facts["tasks"] * facts.Problem.StepsPerTask)), facts["decay"])))
        { Grid = [.. from tasks in new[] { 1, 0.25 } from decay in new[] { 0.9, 0.99, 0.995, 0.999 } select Set(("tasks", tasks), ("decay", decay))] };
    }

    private static IEnumerable<PolicyRow> EveryStep()
    {
        yield return new PolicyRow("l2-init", "a penalty on the distance to the first weights (L2 Init)", Set(("lambda", 1e-3)), (trainer, facts) => L2Init(trainer, facts, facts["lambda"]))
        { Grid = [.. from lambda in new[] { 1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2 } select Set(("lambda", lambda))] };
        yield return new PolicyRow("parseval", "a penalty on the distance of hidden weights from isometries (Parseval)", Set(("strength", 1e-3)), (trainer, facts) => trainer.UseLoss(
            new ParsevalPenalty(trainer.Model, facts["strength"], IsHidden)))
        { Grid = Strengths };
        yield return new PolicyRow("spectral", "a penalty on the distance of hidden layers' spectral norms from 1", Set(("strength", 1e-3)), (trainer, facts) =>
        {
            var penalty = new SpectralPenalty(trainer.Model, facts["strength"], IsHidden);
            facts.Keep(penalty);
            trainer.UseLoss(penalty);
        })
        { Grid = Strengths };
        yield return new PolicyRow("upgd", "useful weights move little, and others are shaken (UPGD)", Set(("noise", 0.01), ("decay", 0.999)), (trainer, facts) => trainer.UseUpgd(
            options => (options.Noise, options.Decay, options.AllowAnyOptimizer, options.Seed) = (facts["noise"], facts["decay"], true, facts.Seed)))
        { Grid = [.. from noise in new[] { 0.001, 0.01, 0.1, 1 } from decay in new[] { 0.999, 0.99 } select Set(("noise", noise), ("decay", decay))] };
        yield return new PolicyRow("weight-clipping", "weights stay within a multiple of their first range", Set(("kappa", 2)), (trainer, facts) => trainer.UseWeightClipping(
            facts.AtSteps, options => options.Multiple = facts["kappa"]))
        { Grid = [.. from kappa in new[] { 5, 3, 2, 1.5, 1 } select Set(("kappa", kappa))] };
        yield return new PolicyRow("norm-projection", "hidden weights keep their first norms", Set(("strength", 1)), (trainer, facts) => trainer.UseNormProjection(
            facts.AtSteps, options => (options.Strength, options.Parameters) = (facts["strength"], ParameterFilter.Where(IsHidden))))
        { Grid = [.. from strength in new[] { 1e-3, 1e-2, 0.1, 1 } select Set(("strength", strength))] };
    }

    private static IEnumerable<PolicyRow> Pairs()
    {
        yield return new PolicyRow("head+l2-init", "the classifier anew at tasks, and L2 Init", Set(("lambda", 1e-3)), (trainer, facts) =>
        {
            L2Init(trainer, facts, facts["lambda"]);
            trainer.UseZapping(facts.AtTasks, Head);
        })
        { KnowsTasks = true, Grid = [.. from lambda in new[] { 1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2 } select Set(("lambda", lambda))] };
        yield return new PolicyRow("head+redo", "the classifier anew at tasks, and ReDo", Set(("tasks", 1), ("tau", 0.1)), (trainer, facts) =>
        {
            ReDo(trainer, facts);
            trainer.UseZapping(facts.AtTasks, Head);
        })
        { KnowsTasks = true, Grid = [.. from tasks in new[] { 2, 1, 0.5, 0.25 } from tau in new[] { 0.025, 0.1 } select Set(("tasks", tasks), ("tau", tau))] };
    }

    private static IReadOnlyList<IReadOnlyDictionary<string, double>> Strengths => [.. from strength in new[] { 1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2 } select Set(("strength", strength))];

    private static bool IsHidden(string name) => !name.StartsWith("head", StringComparison.Ordinal);

    private static ZapOptions Head => new()
    {
        Head = "head",
        Units = UnitSelection.All,
        Weights = Initializer.LayerDefault(),
        Bias = BiasReset.Zero,
        OptimizerState = OptimizerStateReset.Slice,
    };

    private static void ReDo(ContinualTrainer trainer, PolicyFacts facts) => trainer.UseReDo(
        facts.Example, facts.EachSteps(facts["tasks"] * facts.Problem.StepsPerTask), options => options.Threshold = facts["tau"]);

    // The published code has half of lambda in front of the squared distance.
    private static void L2Init(ContinualTrainer trainer, PolicyFacts facts, double lambda)
    {
        var penalty = new L2InitPenalty(trainer.Model, lambda / 2);
        facts.Keep(penalty);
        trainer.UseLoss(penalty);
    }
}
