namespace Zapping.Training.Safetensors;

/// <summary>
/// How the names of tensors in a file and in a module correspond: pairs of prefixes, the first that fits wins, and a name
/// that none fits is the same in both. One such list serves for loading and for saving.
/// </summary>
/// <remarks>
/// A prefix is a path of whole parts: <c>layer1</c> fits <c>layer1</c> and <c>layer1.weight</c>, but not <c>layer10.weight</c>.
/// A dot at its end makes no difference, a whole name is a prefix too, and the empty prefix fits every name.
/// </remarks>
/// <example><code>new StateDictKeyMap(("encoder.block1.0", "encoder.conv1"), ("fc", "head"))</code></example>
public sealed class StateDictKeyMap
{
    private readonly (string InFile, string InModule)[] _prefixes;

    /// <param name="prefixes">What begins a name in the file, and what begins it in the module instead.</param>
    public StateDictKeyMap(params ReadOnlySpan<(string InFile, string InModule)> prefixes)
    {
        _prefixes = new (string InFile, string InModule)[prefixes.Length];
        for (var i = 0; i < prefixes.Length; i++)
        {
            ArgumentNullException.ThrowIfNull(prefixes[i].InFile, nameof(prefixes));
            ArgumentNullException.ThrowIfNull(prefixes[i].InModule, nameof(prefixes));
            _prefixes[i] = (prefixes[i].InFile.TrimEnd('.'), prefixes[i].InModule.TrimEnd('.'));
        }
    }

    /// <summary>The same names in both.</summary>
    public static StateDictKeyMap Identity { get; } = new();

    /// <summary>The name in the module of what has this name in a file.</summary>
    /// <param name="nameInFile">Any name.</param>
    public string ToModule(string nameInFile) => Map(nameInFile, _prefixes);

    /// <summary>The name in a file of what has this name in the module.</summary>
    /// <param name="nameInModule">Any name.</param>
    public string ToFile(string nameInModule) => Map(nameInModule, _prefixes.Select(p => (p.InModule, p.InFile)));

    private static string Map(string name, IEnumerable<(string From, string To)> prefixes)
    {
        ArgumentNullException.ThrowIfNull(name);
        foreach (var (from, to) in prefixes)
        {
            if (name == from)
            {
                return to;
            }

            if (from.Length == 0 || (name.StartsWith(from, StringComparison.Ordinal) && name[from.Length] == '.'))
            {
                var rest = from.Length == 0 ? name : name[(from.Length + 1)..];
                return to.Length == 0 ? rest : $"{to}.{rest}";
            }
        }

        return name;
    }
}
