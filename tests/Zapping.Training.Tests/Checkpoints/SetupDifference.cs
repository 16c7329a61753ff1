using Zapping.Training.Episodes;

namespace Zapping.Training.Tests.Checkpoints;

/// <summary>One thing in which a second set-up differs from the saved one.</summary>
/// <param name="Name">For messages of the test.</param>
/// <param name="Change">Makes it; gives the set-up back as it is where the thing has no part in it.</param>
/// <param name="Said">What the refusal must name, one of these; none if there is nothing to refuse, since the result is the same.</param>
internal sealed record SetupDifference(string Name, Func<ResumableSetup, ResumableSetup> Change, params IReadOnlyList<string> Said)
{
    public static IReadOnlyList<SetupDifference> All { get; } =
    [
        new("nothing", setup => setup),
        new("options of the optimizer, which the checkpoint brings back", setup => setup.Rates == ResumableSetup.None ? setup with { HasOtherOptions = !setup.HasOtherOptions } : setup),
        new("how often episodes are measured", setup => setup.IsEpisodic ? setup with { MeasurePeriod = setup.MeasurePeriod + 2 } : setup),

        // what it is fed with
        new("batch size", setup => setup.IsEpisodic ? setup : setup with { BatchSize = setup.BatchSize + 1 }, "source.batch_size"),
        new("seed of the source", setup => setup.Kind == ResumableSetup.Stream ? setup : setup with { SourceSeed = setup.SourceSeed + 1 }, "source.seed"),
        new("number of examples", setup => setup with { PerClass = setup.PerClass + 1 }, "source.inputs.hash", "source.inputs.shape", "The stream"),
        new("an input", setup => setup with { HasOtherInput = !setup.HasOtherInput }, "source.inputs.hash", "source.inputs.shape", "The stream"),
        new("a label", setup => setup with { HasOtherLabel = !setup.HasOtherLabel }, "source.labels.hash", "The stream"),
        new("order of tasks", setup => setup.Kind == ResumableSetup.Stream ? setup with { HasOtherOrder = !setup.HasOtherOrder } : setup, "The stream"),
        new("kind of source", setup => setup.IsEpisodic ? setup : setup with { Kind = setup.Kind == ResumableSetup.Stream ? ResumableSetup.Epochs : ResumableSetup.Stream }, "source.kind"),
        OfEpisodes("inner images", options => options with { InnerExamples = options.InnerExamples + 1 }),
        OfEpisodes("inner source", options => options with { InnerSource = 1 - options.InnerSource }),
        OfEpisodes("small classes", options => options with { Oversampling = 1 - options.Oversampling }),
        OfEpisodes("remember images", options => options with { RememberExamples = options.RememberExamples + 1 }),
        OfEpisodes("remember only", options => options with { RememberOnly = !options.RememberOnly }),
        OfEpisodes("validation images", options => options with { ValidationExamples = options.ValidationExamples + 1 }),

        // what it is set up with
        new("a frozen parameter", setup => setup with { IsBodyFrozen = !setup.IsBodyFrozen }, "parameters.frozen was"),
        new("mode of the model", setup => setup with { IsInEvalMode = !setup.IsInEvalMode }, "model.mode was"),
        new("trainer", setup => setup.IsEpisodic ? setup with { Kind = setup.Kind == ResumableSetup.Asb ? ResumableSetup.MetaAsb : ResumableSetup.Asb } : setup, "trainer"),
        new("clipping", setup => setup with { Clipping = setup.Clipping is null ? 1 : null }, "trainer.clip.max_norm was"),
        new("norm of clipping", setup => setup.Clipping is { } norm ? setup with { Clipping = norm / 2 } : setup, "trainer.clip.max_norm was"),
        new("size of parts", setup => setup.IsEpisodic ? setup : setup with { Parts = setup.Parts is null ? 2 : setup.Parts + 1 }, "trainer.micro_batch_size was"),
        OfInner("inner learning rate", setup => setup with { InnerRate = setup.InnerRate * 2 }, "trainer.inner_learning_rate was"),
        OfInner("inner parameters", setup => setup.Folds && setup.MovesHeadAlone ? setup : setup with { MovesHeadAlone = !setup.MovesHeadAlone }, "trainer.inner_parameters "),
        OfInner("folded layer", setup => setup with { Folds = !setup.Folds }, "trainer.fused_update_layer was"),
        OfInner("piling up, or first order", setup => setup with { PilesUp = !setup.PilesUp }, "trainer.accumulate_inner_gradients was", "trainer.first_order was"),
        new(
            "rate from which a scheduler began",
            setup => setup.Rates == ResumableSetup.None ? setup : setup with { HasOtherOptions = !setup.HasOtherOptions },
            "learning_rates.initial was"),
        new("class of the optimizer", setup => setup with { Optimizer = Next(ResumableSetup.Optimizers.Keys.ToList(), setup.Optimizer) }, "optimizers"),
        new("policy", setup => setup with { Policy = Next(ResumableSetup.Policies, setup.Policy) }, "resets"),
        new("option of the policy", setup => HasPolicy(setup) ? setup with { PolicyOption = (setup.PolicyOption + 1) % ResumableSetup.PolicyOptions } : setup, "resets.0."),
        OfSchedule("kind of boundary", schedule => schedule with { Every = schedule.Every == BoundaryKind.ClassBoundary ? BoundaryKind.StepBoundary : BoundaryKind.ClassBoundary }),
        OfSchedule("period", schedule => schedule with { Period = schedule.Period + 1 }),
        OfSchedule("first boundary", schedule => schedule with { From = schedule.From + 1 }),
        OfSchedule("last boundary", schedule => schedule with { Until = schedule.Until is null ? 100 : null }),
        OfSchedule("number of resets", schedule => schedule with { AtMost = schedule.AtMost is null ? 100 : null }),
        OfSchedule("whether the first is left out", schedule => schedule with { SkipFirst = !schedule.SkipFirst }),
        new("seed of the resets", setup => HasPolicy(setup) ? setup with { Schedule = setup.Schedule with { Seed = setup.Schedule.Seed + 1 } } : setup, "resets.0.schedule.seed was"),
        new("scheduler of learning rates", setup => setup with { Rates = Next(Rates(setup), setup.Rates) }, "learning_rates.0.", "learning-rate scheduler"),
        new("observer", setup => setup with { Observer = Next(Observers(setup), setup.Observer) }, "observers was", "observers.0.events was"),
    ];

    /// <summary>Those schedulers of learning rates that the trainer has boundaries for.</summary>
    public static IReadOnlyList<string> Rates(ResumableSetup setup) =>
        [.. ResumableSetup.AllRates.Where(rates => !setup.IsEpisodic || !rates.EndsWith("epochs", StringComparison.Ordinal))];

    /// <summary>Those observers that understand what the trainer does.</summary>
    public static IReadOnlyList<string> Observers(ResumableSetup setup) =>
        [.. ResumableSetup.Observers.Where(observer => observer != "task matrix" || (setup.Kind == ResumableSetup.Stream && !setup.HasOtherLabel))];

    private static SetupDifference OfEpisodes(string name, Func<EpisodeOptions, EpisodeOptions> change) =>
        new($"episodes: {name}", setup => setup.IsEpisodic ? setup with { Episodes = change(setup.Episodes) } : setup, $"source.{name.Replace(' ', '_')} was");

    private static SetupDifference OfInner(string name, Func<ResumableSetup, ResumableSetup> change, params IReadOnlyList<string> said) =>
        new(name, setup => setup.IsEpisodic ? change(setup) : setup, said);

    private static SetupDifference OfSchedule(string name, Func<ResetSchedule, ResetSchedule> change) =>
        new($"schedule: {name}", setup => HasPolicy(setup) && setup.Policy != "continual backprop" ? setup with { Schedule = change(setup.Schedule) } : setup, "resets.0.schedule.");

    private static bool HasPolicy(ResumableSetup setup) => setup.Policy != ResumableSetup.None;

    private static string Next(IReadOnlyList<string> all, string now) => all[(all.ToList().IndexOf(now) + 1) % all.Count];
}
