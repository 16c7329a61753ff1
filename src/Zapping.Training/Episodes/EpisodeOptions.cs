using System.ComponentModel.DataAnnotations;

namespace Zapping.Training.Episodes;

/// <summary>What an <see cref="EpisodeSampler"/> draws.</summary>
public sealed record EpisodeOptions
{
    /// <summary>Images of the inner loop, at least 1; default 20, as published.</summary>
    [Range(1, int.MaxValue)]
    public int InnerExamples { get; set; } = 20;

    /// <summary>Where they come from; default: from the episode's class.</summary>
    [EnumDataType(typeof(InnerExampleSource))]
    public InnerExampleSource InnerSource { get; set; }

    /// <summary>
    /// What happens when a class has fewer images than the inner loop wants; default
    /// <see cref="Oversampling.RepeatPermutation"/>. The published rule is the other one.
    /// </summary>
    [EnumDataType(typeof(Oversampling))]
    public Oversampling Oversampling { get; set; }

    /// <summary>
    /// Images of all classes that join the outer batch, drawn without replacement; they may repeat inner images.
    /// At least 0; default 64, as published for Omniglot (100 for the image data sets).
    /// </summary>
    [Range(0, int.MaxValue)]
    public int RememberExamples { get; set; } = 64;

    /// <summary>Whether the outer batch is the remember images alone; default <see langword="false"/>.</summary>
    public bool RememberOnly { get; set; }

    /// <summary>Validation images of an episode, drawn with replacement, for observers only; default 0.</summary>
    [Range(0, int.MaxValue)]
    public int ValidationExamples { get; set; }
}

/// <summary>Where the images of an inner loop come from.</summary>
public enum InnerExampleSource
{
    /// <summary>The training images of the episode's class.</summary>
    EpisodeClass,

    /// <summary>All training images, without replacement. A class is still drawn, and its row reset.</summary>
    AllClasses,
}

/// <summary>How to draw more images from a class than it has.</summary>
public enum Oversampling
{
    /// <summary>One random order of the class after another: no image comes twice more often than any other.</summary>
    RepeatPermutation,

    /// <summary>With replacement, as published: some images come several times, some never.</summary>
    DrawWithReplacement,
}
