using System.Text.Json.Serialization;
using PaperCurves.Pretraining;
using Parquet.Serialization.Attributes;

namespace PaperCurves.Sweeps.Packed;

/// <summary>One evaluation of a transfer, as the table of points holds it. What says which cell it is of is for readers of the table alone.</summary>
internal sealed record PackedPoint
{
    [JsonPropertyName("cell"), ParquetRequired]
    public string Cell { get; set; } = "";

    [JsonPropertyName("network"), ParquetRequired]
    public string Network { get; set; } = "";

    [JsonPropertyName("seed")]
    public ulong Seed { get; set; }

    [JsonPropertyName("transfer"), ParquetRequired]
    public string Transfer { get; set; } = "";

    [JsonPropertyName("trial")]
    public int Trial { get; set; }

    [JsonPropertyName("learning_rate")]
    public double? LearningRate { get; set; }

    [JsonPropertyName("pool"), ParquetRequired]
    public string Pool { get; set; } = "";

    [JsonPropertyName("steps")]
    public long Steps { get; set; }

    [JsonPropertyName("classes_seen")]
    public int ClassesSeen { get; set; }

    [JsonPropertyName("support_top1")]
    public double? SupportTop1 { get; set; }

    [JsonPropertyName("support_top5")]
    public double? SupportTop5 { get; set; }

    [JsonPropertyName("support_hits")]
    public string? SupportHits { get; set; }

    [JsonPropertyName("query_top1")]
    public double QueryTop1 { get; set; }

    [JsonPropertyName("query_top5")]
    public double QueryTop5 { get; set; }

    [JsonPropertyName("query_hits"), ParquetRequired]
    public string QueryHits { get; set; } = "";

    /// <summary>The rows of a transfer.</summary>
    public static IEnumerable<PackedPoint> Of(CellResult result) => result.Points.Select(point => new PackedPoint
    {
        Cell = result.Cell,
        Network = result.Network,
        Seed = result.Seed,
        Transfer = result.Transfer,
        Trial = result.Trial,
        LearningRate = result.LearningRate,
        Pool = result.Pool.Key(),
        Steps = point.Steps,
        ClassesSeen = point.ClassesSeen,
        SupportTop1 = point.Support?.Top1,
        SupportTop5 = point.Support?.Top5,
        SupportHits = point.Support?.Hits,
        QueryTop1 = point.Query.Top1,
        QueryTop5 = point.Query.Top5,
        QueryHits = point.Query.Hits,
    });

    /// <summary>The evaluation.</summary>
    public CellPoint Point() => new(
        Steps,
        ClassesSeen,
        (SupportTop1, SupportTop5, SupportHits) is ({ } top1, { } top5, { } hits) ? new CellAccuracy(top1, top5, hits) : null,
        new CellAccuracy(QueryTop1, QueryTop5, QueryHits));
}

/// <summary>One step of i.i.d. pre-training, as the table of steps holds it.</summary>
internal sealed record PackedStep
{
    [JsonPropertyName("network"), ParquetRequired]
    public string Network { get; set; } = "";

    [JsonPropertyName("step")]
    public long Step { get; set; }

    [JsonPropertyName("epoch")]
    public long Epoch { get; set; }

    [JsonPropertyName("after_zap")]
    public bool AfterZap { get; set; }

    [JsonPropertyName("loss")]
    public double Loss { get; set; }

    [JsonPropertyName("accuracy")]
    public double Accuracy { get; set; }

    [JsonPropertyName("validation_accuracy")]
    public double? ValidationAccuracy { get; set; }

    /// <summary>A row of a network's log.</summary>
    public static PackedStep Of(string network, StepRow row) => new()
    {
        Network = network,
        Step = row.Step,
        Epoch = row.Epoch,
        AfterZap = row.AfterZap,
        Loss = row.Loss,
        Accuracy = row.Accuracy,
        ValidationAccuracy = row.ValidationAccuracy,
    };

    /// <summary>The step.</summary>
    public StepRow Row() => new(Step, Epoch, AfterZap, Loss, Accuracy, ValidationAccuracy);
}
