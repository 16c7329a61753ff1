namespace Zapping.Datasets;

/// <summary>What one half of the data set must look like; tests load smaller trees.</summary>
/// <param name="Name">Name of the folder and, with ".zip", of the archive.</param>
/// <param name="Alphabets">Number of alphabets.</param>
/// <param name="Classes">Number of characters of all alphabets together.</param>
internal sealed record OmniglotHalf(string Name, int Alphabets, int Classes)
{
    public const int DrawingsPerClass = 20;

    /// <summary>Width and height of the drawings as published, in pixels.</summary>
    public const int SourceSize = 105;

    public static OmniglotHalf Background { get; } = new("images_background", 30, 964);

    public static OmniglotHalf Evaluation { get; } = new("images_evaluation", 20, 659);
}
