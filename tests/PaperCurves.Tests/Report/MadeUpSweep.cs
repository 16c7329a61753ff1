using PaperCurves.Pretraining;
using PaperCurves.Report.Data;
using PaperCurves.Report.Published;
using PaperCurves.Sweeps;

namespace PaperCurves.Tests.Report;

/// <summary>Made-up but plausible results of a sweep: the published means with noise. The same every time.</summary>
internal sealed class MadeUpSweep
{
    private const int Classes = 600;
    private const int Trials = 3;

    private static readonly Circumstances Here = new();
    private static readonly ulong[] Seeds = [1, 2];

    private readonly Random _random = new(20231007);
    private readonly List<CellResult> _results = [];
    private readonly List<NetworkRecord> _networks = [];

    /// <summary>I.i.d. pre-training alone, as a small sweep makes it: what needs ASB was not run.</summary>
    public static ReportInput Input() => new MadeUpSweep().Make(
        ("iid", Plan(Method.Iid, 0)), ("iid-zap", Plan(Method.Iid, 1000)), ("iid-zap-100", Plan(Method.Iid, 100)), ("iid-zap-500", Plan(Method.Iid, 500)));

    /// <summary>All methods.</summary>
    public static ReportInput FullInput() => new MadeUpSweep().Make(
        ("iid", Plan(Method.Iid, 0)), ("iid-zap", Plan(Method.Iid, 1000)), ("asb", Plan(Method.Asb, 0)), ("asb-zap", Plan(Method.Asb, 1)),
        ("meta-asb", Plan(Method.MetaAsb, 0)), ("meta-asb-zap", Plan(Method.MetaAsb, 1)));

    /// <summary>The published plan, with so many rows zapped.</summary>
    public static PretrainingPlan Plan(Method method, int rows)
    {
        var plan = PaperPlans.PresetOf(new PretrainingPlan { Preset = "paper", Data = "Omniglot", Method = method, Zap = rows > 0, Length = 1 });
        return method == Method.Iid && rows > 0 ? plan with { ZapRows = rows } : plan;
    }

    private ReportInput Make(params (string Name, PretrainingPlan Plan)[] networks)
    {
        foreach (var (name, plan) in networks)
        {
            foreach (var seed in Seeds)
            {
                AddNetwork(name, plan with { Seed = seed });
            }
        }

        return new ReportInput(
            _results,
            Selection.Curves(_results, RateSelection.Oracle),
            Selection.Curves(_results, RateSelection.Validation),
            _networks,
            [new PlannedCell("iid-zap-s2/unfrozen-lr1e-4-t3", "out of time"), new PlannedCell("asb-s1", "failed: <no> \"memory\" & more")],
            [new Deviation("trials", "10 for each of 3 seeds", "3 for each of 2 seeds", "wider intervals"), new Deviation("order of classes", "as a folder lists them", "sorted", "none expected")]);
    }

    private void AddNetwork(string name, PretrainingPlan plan)
    {
        var pretrained = Pretrained.Of(plan)!;
        var training = PublishedFigures.Training(pretrained)!.Value / 100;
        var validation = PublishedFigures.Validation(pretrained)!.Value / 100 + Noise(0.004);
        var result = new PretrainingResult(plan.Method, 570, 1200 + 40 * plan.Seed, 0.05, training, validation, 0.999, 0.85);
        _networks.Add(new NetworkRecord(name, plan.Seed, plan, result, plan.Method == Method.Iid ? [.. Steps(plan)] : [], Here));
        AddTransfers(name, plan, pretrained, "head", new TransferSettings { Protocol = TransferProtocol.Sequential, Trains = Trained.Head }, 1e-4, 4e-4, 1e-3);
        AddTransfers(name, plan, pretrained, "unfrozen", new TransferSettings { Protocol = TransferProtocol.Sequential }, 4e-5, 7e-5, 1e-4);
        AddTransfers(name, plan, pretrained, "iid", new TransferSettings { Protocol = TransferProtocol.Iid }, 1e-3, 5.5e-3);
        AddTransfers(name, plan, pretrained, "zero-shot", new TransferSettings { Protocol = TransferProtocol.LeastSquares }, [null]);
    }

    private void AddTransfers(string network, PretrainingPlan plan, Pretrained pretrained, string transfer, TransferSettings settings, params double?[] rates)
    {
        foreach (var (rate, trial, pool) in
            from rate in rates
            from trial in Enumerable.Range(1, Trials)
            from pool in Enum.GetValues<ClassPool>()
            select (rate, trial, pool))
        {
            var kind = TransferKind.PublishedOf(settings)!.Value;
            var loss = 3.0 * Array.IndexOf(rates, rate) + Noise(0.8);
            _results.Add(new CellResult
            {
                Cell = $"{network}-s{plan.Seed}/{transfer}-lr{rate}-t{trial}{(pool == ClassPool.Validation ? "-validation" : "")}",
                Network = network,
                Seed = plan.Seed,
                Transfer = transfer,
                Trial = trial,
                LearningRate = rate,
                Pool = pool,
                Settings = settings,
                Plan = plan,
                Data = "Omniglot",
                Points = [.. Evaluations(kind).Select(x => Point(kind, pretrained, x, loss))],
                Seconds = 30,
                Circumstances = Here,
            });
        }
    }

    private static IEnumerable<int> Evaluations(TransferKind kind) => kind switch
    {
        { Protocol: TransferProtocol.LeastSquares } => [0],
        { Protocol: TransferProtocol.Iid } => [1, 5, 10, 15, 35, 70, 105, 140, 180],
        _ => [1, .. Enumerable.Range(1, 12).Select(i => 50 * i)],
    };

    private CellPoint Point(TransferKind kind, Pretrained pretrained, int x, double loss)
    {
        // Sizes between have published ends only, and i.i.d. pre-training no published zero-shot.
        var curve = PublishedFigures.Curve(kind, pretrained);
        var nearest = curve.MinBy(point => Math.Abs(point.X - x))?.Percent ?? 70 + 8 * Math.Sign(pretrained.ZapRows);
        var percent = Math.Clamp(nearest - loss, 0.5, 99.5);
        var seen = kind.Protocol == TransferProtocol.Sequential ? x : Classes;
        var hits = Enumerable.Range(0, seen).Select(i => Hits(percent / 100 + 0.4 * (percent / 100) * ((double)i / seen - 0.5))).ToList();
        var query = new CellAccuracy(hits.Average() / 5, Math.Min(1, hits.Average() / 5 + 0.15), string.Join(' ', hits));
        var support = new CellAccuracy(Math.Min(1, query.Top1 + 0.1), 1, "");
        return new CellPoint(kind == TransferKind.IidUnfrozen ? x : 15L * seen, seen, support, query);
    }

    private int Hits(double probability) => Enumerable.Range(0, 5).Count(_ => _random.NextDouble() < probability);

    private IEnumerable<StepRow> Steps(PretrainingPlan plan)
    {
        for (var step = 1; step <= 570; step++)
        {
            var (epoch, since) = ((step - 1) / 57, (step - 1) % 57);
            var zapped = plan.Zap && epoch > 0;
            var progress = zapped ? 1 - Math.Exp(-since / (55.0 / (1 + epoch))) : 1 - Math.Exp(-step / 120.0);
            var accuracy = Math.Clamp(progress + (since == 0 ? 0 : Noise(0.03)), 0, 1);
            yield return new StepRow(
                step, epoch, zapped && since == 0, zapped ? 6.9 * (1 - progress) + 0.02 : 7 * (1 - progress), accuracy, step % 5 == 0 ? 0.66 * progress : null);
        }
    }

    private double Noise(double scale) => scale * (_random.NextDouble() + _random.NextDouble() - 1);
}
