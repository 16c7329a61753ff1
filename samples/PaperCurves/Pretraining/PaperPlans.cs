using Zapping.Datasets;

namespace PaperCurves.Pretraining;

/// <summary>The published settings for each method, model and data set, and smaller ones.</summary>
public static class PaperPlans
{
    // Of a class of Omniglot, and of the app's own glyphs.
    private const int Drawings = 20;

    /// <summary>Names of the command line: quick, paper, smoke.</summary>
    public static IReadOnlyList<string> Names { get; } = ["quick", "paper", "smoke"];

    /// <summary>Width and height of the images that a model is given where Omniglot can be had in both sizes.</summary>
    public static int OmniglotSize(string model) => model == "oml" ? 84 : 28;

    /// <summary>A plan for a data set.</summary>
    /// <param name="preset">One of <see cref="Names"/>.</param>
    /// <param name="method">How to train.</param>
    /// <param name="model">One of <see cref="Zapping.Models.ModelCatalog.Names"/>.</param>
    /// <param name="zap">Whether to reset.</param>
    /// <param name="data">On what.</param>
    /// <param name="seed">Seed of everything.</param>
    public static PretrainingPlan For(string preset, Method method, string model, bool zap, ClassificationData data, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(data);
        return For(preset, method, model, zap, new Shape(data.Name, data.Size, data.Channels, data.Training.ClassCount, data.Training.ImagesPerClass)) with { Seed = seed };
    }

    /// <summary>What the preset of a plan says for its data, method, model and resets, whatever the plan has changed.</summary>
    /// <param name="plan">A plan for a data set whose drawings are 20 of a class.</param>
    public static PretrainingPlan PresetOf(PretrainingPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return For(plan.Preset, plan.Method, plan.Model, plan.Zap, new Shape(plan.Data, plan.ImageSize, plan.Channels, plan.Classes, Drawings)) with { Seed = plan.Seed };
    }

    private static PretrainingPlan For(string preset, Method method, string model, bool zap, Shape data)
    {
        var paper = Paper(method, model, zap, data) with { Preset = preset };
        return preset switch
        {
            "quick" when method == Method.Iid && IsDrawings(data) => paper with
            {
                Width = 64,
                Classes = Math.Min(300, data.Classes),
                BatchSize = 64,
                LearningRate = 1.5e-3,
                SaveEvery = 100,
            },
            "quick" => paper with
            {
                Width = 64,
                Length = Math.Min(paper.Length, method == Method.Iid ? 10 : method == Method.Asb ? 600 : 250),
                SaveEvery = 50,
            },
            "smoke" => paper with
            {
                Width = 16,
                Classes = Math.Min(40, data.Classes),
                Units = 48,
                ZapRows = 48,
                BatchSize = 64,
                Length = method == Method.Iid ? 2 : 8,
                SaveEvery = 2,
            },
            _ => paper,
        };
    }

    private static PretrainingPlan Paper(Method method, string model, bool zap, Shape data)
    {
        var images = data.ImagesPerClass;
        var drawings = IsDrawings(data);
        var plan = new PretrainingPlan
        {
            Preset = "paper",
            Data = data.Name,
            Method = method,
            Zap = zap,
            Model = model,
            ImageSize = data.Size,
            Channels = data.Channels,
            Classes = data.Classes,
            Units = drawings ? 1000 : data.Classes,
            ZapRows = drawings ? 1000 : data.Classes,
            ImagesPerClass = images switch { Drawings => 15, 100 => 85, 600 => 500, _ => Math.Max(1, images * 3 / 4) },
            RememberImages = drawings ? 64 : 100,
            Length = method switch { Method.Asb => 9000, Method.MetaAsb => 25_000, _ => drawings ? 10 : 30 },
            LearningRate = method != Method.Iid ? 1e-3 : drawings ? 3e-3 : 3e-4,
            SaveEvery = method == Method.Iid ? 285 : 250,
        };
        return (method, model) switch
        {
            // The best published pair; 1e-3 does nearly as well.
            (Method.MetaAsb, "convnet") when drawings && zap => plan with { InnerLearningRate = 1e-2 },

            // Both train on all 20 drawings in the published settings, and have nothing to validate with.
            (Method.MetaAsb, "anml") when drawings => plan with { InnerLearningRate = 0.1, ImagesPerClass = 20 },
            (Method.MetaAsb, "oml") when drawings => plan with { InnerLearningRate = 0.03, LearningRate = 1e-4, ImagesPerClass = 20 },
            (Method.Iid, "anml") when drawings => plan with { LearningRate = 1e-3 },
            (Method.Iid, "resnet18") when images == 600 => plan with { Optimizer = OptimizerKind.SteppedSgd, LearningRate = 0.1, BatchSize = 128 },
            (Method.Iid, "resnet18") when images == 100 => plan with { LearningRate = 3e-5 },
            _ => plan,
        };
    }

    private static bool IsDrawings(Shape data) => data.ImagesPerClass == Drawings && data.Channels == 1;

    private sealed record Shape(string Name, int Size, int Channels, int Classes, int ImagesPerClass);
}
