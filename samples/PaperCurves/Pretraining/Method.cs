namespace PaperCurves.Pretraining;

/// <summary>How a network is pre-trained.</summary>
public enum Method
{
    /// <summary>Shuffled batches of all classes.</summary>
    Iid,

    /// <summary>Alternating sequential and batch learning.</summary>
    Asb,

    /// <summary>The same, meta-learned: the outer step looks through the inner loop.</summary>
    MetaAsb,
}

/// <summary>How methods are written.</summary>
public static class MethodNames
{
    /// <summary>All names of the command line and of files.</summary>
    public static IReadOnlyList<string> Keys { get; } = [.. Enum.GetValues<Method>().Select(method => method.Key())];

    /// <summary>As on the command line and in files.</summary>
    public static string Key(this Method method) => method switch
    {
        Method.Iid => "iid",
        Method.Asb => "asb",
        _ => "meta-asb",
    };

    /// <summary>As people read it.</summary>
    public static string Title(this Method method) => method switch
    {
        Method.Iid => "i.i.d.",
        Method.Asb => "ASB",
        _ => "Meta-ASB",
    };

    /// <summary>The method of a name.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public static Method Parse(string key) => Enum.GetValues<Method>().Single(method => method.Key() == key);
}
