using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using PaperCurves.Pretraining;
using Zapping.Training.Transfer;

namespace PaperCurves.Sweeps;

/// <summary>One network transferred once: what a cell's result file holds.</summary>
public sealed record CellResult
{
    /// <summary>The <see cref="Format"/> that this version of the app writes and reads.</summary>
    public const int CurrentFormat = 1;

    /// <summary>What the file's properties mean; files of another format are refused.</summary>
    public int Format { get; init; } = CurrentFormat;

    /// <summary>The cell's id, which is also its path below the folder of cells, without ".json".</summary>
    public required string Cell { get; init; }

    /// <summary>Name of the network in the sweep, such as "iid-zap"; networks of one name differ in the seed alone.</summary>
    public required string Network { get; init; }

    /// <summary>Seed of the network's pre-training.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Name of the transfer in the sweep, such as "head".</summary>
    public required string Transfer { get; init; }

    /// <summary>Which draw of classes, order, support and query images; counted from 1.</summary>
    public required int Trial { get; init; }

    /// <summary>Adam's learning rate; null where no step is made.</summary>
    public required double? LearningRate { get; init; }

    /// <summary>To which classes.</summary>
    public required ClassPool Pool { get; init; }

    /// <summary>All numbers of the transfer.</summary>
    public required TransferSettings Settings { get; init; }

    /// <summary>All numbers of the pre-training.</summary>
    public required PretrainingPlan Plan { get; init; }

    /// <summary>Name of the data set.</summary>
    public required string Data { get; init; }

    /// <summary>One for each evaluation, in order.</summary>
    public required IReadOnlyList<CellPoint> Points { get; init; }

    /// <summary>How long the cell took.</summary>
    public required double Seconds { get; init; }

    /// <summary>Command, machine and versions.</summary>
    public required Circumstances Circumstances { get; init; }
}

/// <summary>One evaluation, of the classes seen so far.</summary>
/// <param name="Steps">Optimiser steps made.</param>
/// <param name="ClassesSeen">Classes that have been learned from.</param>
/// <param name="Support">On the images learned from; null if that was not measured.</param>
/// <param name="Query">On the others.</param>
public sealed record CellPoint(long Steps, int ClassesSeen, CellAccuracy? Support, CellAccuracy Query) : IJsonOnDeserialized
{
    // So that a damaged file is refused with its line.
    void IJsonOnDeserialized.OnDeserialized()
    {
        if (Query.HitsOf(ClassesSeen) is null || (Support is not null && Support.HitsOf(ClassesSeen) is null))
        {
            throw new JsonException(CellAccuracy.NoHits(ClassesSeen));
        }
    }

    internal static CellPoint Of(TransferEvaluation evaluation) => new(
        evaluation.Steps, evaluation.ClassesSeen, evaluation.Support is { } support ? CellAccuracy.Of(support) : null, CellAccuracy.Of(evaluation.Query));
}

/// <summary>Accuracy of one evaluation on images of the classes seen. Fractions.</summary>
/// <param name="Top1">Mean over classes.</param>
/// <param name="Top5">Mean over classes.</param>
/// <param name="Hits">For each class in the order of presentation, how many of its images are recognized, with spaces between.</param>
public sealed record CellAccuracy(double Top1, double Top5, string Hits)
{
    internal static CellAccuracy Of(ClassAccuracies accuracies) => new(accuracies.TopOne, accuracies.TopFive, string.Join(' ', accuracies.Hits));

    /// <summary><see cref="Hits"/> as numbers.</summary>
    /// <exception cref="SweepException">They are not one number for each class seen; the message names the cell.</exception>
    internal int[] HitsOf(CellResult cell, CellPoint point) =>
        HitsOf(point.ClassesSeen) ?? throw new SweepException($"{cell.Cell}: {NoHits(point.ClassesSeen)}");

    /// <summary><see cref="Hits"/> as numbers; null if they are not one number for each class.</summary>
    internal int[]? HitsOf(int classes)
    {
        var hits = Hits.Split(' ').Select(text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : -1).ToArray();
        return hits.Length == classes && !hits.Contains(-1) ? hits : null;
    }

    internal static string NoHits(int classes) =>
        FormattableString.Invariant($"The evaluation after {classes} classes does not say how many images of each are recognized.");
}
