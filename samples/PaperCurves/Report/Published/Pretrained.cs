using PaperCurves.Pretraining;

namespace PaperCurves.Report.Published;

/// <summary>Which of the published kinds of network one is.</summary>
/// <param name="Method">How it was pre-trained.</param>
/// <param name="ZapRows">Rows reset at once: 0 for none, 1 in episodes, up to 1000 before each epoch of i.i.d. training.</param>
internal sealed record Pretrained(Method Method, int ZapRows)
{
    /// <summary>Rows that are reset where all are, whatever the size of the classifier.</summary>
    public const int AllRows = 1000;

    public static Pretrained Iid { get; } = new(Method.Iid, 0);

    public static Pretrained IidZap { get; } = new(Method.Iid, AllRows);

    public static Pretrained Asb { get; } = new(Method.Asb, 0);

    public static Pretrained AsbZap { get; } = new(Method.Asb, 1);

    public static Pretrained MetaAsb { get; } = new(Method.MetaAsb, 0);

    public static Pretrained MetaAsbZap { get; } = new(Method.MetaAsb, 1);

    /// <summary>As people read it.</summary>
    public string Title => ZapRows switch
    {
        0 => Method.Title(),
        1 or AllRows => $"{Method.Title()} + zap",
        _ => FormattableString.Invariant($"{Method.Title()} + zap of {ZapRows} rows"),
    };

    /// <summary>In names of files and anchors.</summary>
    public string Key => ZapRows switch
    {
        0 => Method.Key(),
        1 or AllRows => $"{Method.Key()}-zap",
        _ => FormattableString.Invariant($"{Method.Key()}-zap-{ZapRows}"),
    };

    /// <summary>Whether nothing is reset, or as much as the method resets as published.</summary>
    public bool IsMain => ZapRows is 0 or 1 or AllRows;

    /// <summary>As it is written below a bar, where room is scarce: in short lines.</summary>
    public string ShortTitle
    {
        get
        {
            var method = Method.Title().Replace("-", "-\n", StringComparison.Ordinal);
            return ZapRows switch
            {
                0 => method,
                1 or AllRows => $"{method}\n+ zap",
                _ => FormattableString.Invariant($"{method}\n+ {ZapRows}"),
            };
        }
    }

    /// <summary>
    /// The kind of a plan; null if its resets or its training are not those of its preset. How many rows are reset, the seed
    /// and the classes, which depend on the data, are free.
    /// </summary>
    public static Pretrained? Of(PretrainingPlan plan)
    {
        var preset = PaperPlans.PresetOf(plan);
        var rows = (plan.Zap, plan.Method) switch
        {
            (false, _) => 0,
            (true, Method.Iid) => plan.ZapRows >= plan.Units ? AllRows : plan.ZapRows,
            _ => 1,
        };
        return plan.Model == "convnet" && plan == preset with { ZapRows = plan.ZapRows, SaveEvery = plan.SaveEvery } ? new Pretrained(plan.Method, rows) : null;
    }
}
