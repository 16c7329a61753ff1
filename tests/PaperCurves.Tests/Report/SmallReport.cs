using PaperCurves.Pretraining;
using PaperCurves.Report.Data;
using PaperCurves.Report.Published;
using PaperCurves.Sweeps;

namespace PaperCurves.Tests.Report;

/// <summary>A report with just the figures that a test is about.</summary>
internal sealed class SmallReport
{
    private readonly List<CellResult> _results = [];
    private readonly List<SelectedCurve> _curves = [];
    private readonly List<NetworkRecord> _networks = [];

    public ReportInput Input => new(_results, _curves, [], _networks, [], []);

    public ReportData ReportData => new(Input);

    /// <summary>Adds one point, with one value for each of seeds 1, 2, ...</summary>
    public SmallReport With(Pretrained pretrained, TransferKind kind, int x, params IEnumerable<double> percents)
    {
        var (network, transfer) = (pretrained.Key, kind.Key);
        var settings = Settings(kind);
        var cells = _results.Where(result => result.Network == network && result.Transfer == transfer).ToList();
        if (cells.Count == 0)
        {
            cells.Add(Result(pretrained, kind, new List<CellPoint>()));
            _results.Add(cells[0]);
        }

        if (cells[0].Points is List<CellPoint> points)
        {
            var query = new CellAccuracy(0.2, 1, string.Join(' ', Enumerable.Repeat(1, x)));
            points.Add(new CellPoint(x, x, query, query));
        }

        var sample = Statistics.Of([.. percents.Select((percent, i) => new SampleValue((ulong)i + 1, 1, percent))]);
        var earlier = _curves.Find(curve => curve.Network == network && curve.Transfer == transfer);
        _curves.RemoveAll(curve => curve == earlier);
        _curves.Add(new SelectedCurve(network, transfer, settings.Protocol, RateSelection.Oracle, [.. earlier?.Points ?? [], new SelectedPoint(x, cells, sample, sample)]));
        return this;
    }

    /// <summary>Adds a cell with evaluations.</summary>
    public SmallReport WithCell(Pretrained pretrained, TransferKind kind, params IReadOnlyList<CellPoint> points)
    {
        _results.Add(Result(pretrained, kind, points));
        return this;
    }

    /// <summary>Adds what a pre-training came to, in percent, and its steps.</summary>
    public SmallReport WithNetwork(Pretrained pretrained, ulong seed, double training, double validation, IReadOnlyList<StepRow>? steps = null)
    {
        var plan = MadeUpSweep.Plan(pretrained.Method, pretrained.ZapRows) with { Seed = seed };
        var result = new PretrainingResult(pretrained.Method, 570, 60, 0.1, training / 100, validation / 100, 1, 1);
        _networks.Add(new NetworkRecord(pretrained.Key, seed, plan, result, steps ?? [], new Circumstances()));
        return this;
    }

    /// <summary>Steps of a pre-training: one number each, the batch accuracy in percent; a zap before each that is negative or -0.</summary>
    public static IReadOnlyList<StepRow> Steps(double loss, params IReadOnlyList<double> percents) =>
    [
        .. percents.Select((percent, i) => new StepRow(i + 1, 0, double.IsNegative(percent), loss, Math.Abs(percent) / 100, null)),
    ];

    private static CellResult Result(Pretrained pretrained, TransferKind kind, IReadOnlyList<CellPoint> points) => new()
    {
        Cell = $"{pretrained.Key}-s1/{kind.Key}",
        Network = pretrained.Key,
        Seed = 1,
        Transfer = kind.Key,
        Trial = 1,
        LearningRate = 1e-3,
        Pool = ClassPool.Test,
        Settings = Settings(kind),
        Plan = MadeUpSweep.Plan(pretrained.Method, pretrained.ZapRows),
        Data = "Omniglot",
        Points = points,
        Seconds = 1,
        Circumstances = new Circumstances(),
    };

    private static TransferSettings Settings(TransferKind kind) => new() { Protocol = kind.Protocol, Trains = kind.Trains };
}
