namespace PaperCurves.Report.Html;

/// <summary>Where the app's reproduction differs from the published experiments. docs/reproduction.md says more.</summary>
internal static class Deviations
{
    public static IReadOnlyList<Deviation> All { get; } =
    [
        new("order of classes and files", "as the file system lists them", "sorted by name", "other draws"),
        new("label of a transfer class", "its number in the data set", "its place in the order of presentation", "none: the classifier is fresh"),
        new("draws", "NumPy's generator, seed 12345", "own streams from the same number", "other trials"),
        new(
            "held-out classes for the learning rate",
            "none: it is chosen on the query images, at every point",
            "both: so, and on the 59 classes that a trial leaves over (of validation's own trial, so the tests of other trials meet about nine in ten of them)",
            "59 classes are a much shorter sequence than 600, and favour larger rates"),
        new("learning rates", "nine, from 4e-5 to 5.5e-2", "the sweep's, see the settings", "the best of fewer can only be lower"),
        new("seeds and trials", "3 and 10", "the sweep's, see the settings", "wider intervals"),
        new("evaluation of support images", "at every evaluation", "at the last one where the whole network is trained", "support curves there have one point"),
    ];
}
