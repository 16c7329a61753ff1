namespace PaperCurves.Data;

/// <summary>The two disjoint halves of a data set: what is pre-trained on and what is transferred to.</summary>
/// <param name="Name">"Omniglot" or "SyntheticGlyphs".</param>
/// <param name="Source">Where it comes from: the full path of the folder, or the seed.</param>
/// <param name="Training">Classes of pre-training. Ids start at 0 in each half.</param>
/// <param name="Transfer">Classes that pre-training never sees.</param>
public sealed record ClassificationData(string Name, string Source, ImageSet Training, ImageSet Transfer);
