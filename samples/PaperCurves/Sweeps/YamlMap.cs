namespace PaperCurves.Sweeps;

/// <summary>A mapping of a YAML file whose keys are known to be allowed.</summary>
/// <param name="whole">The mapping itself, for messages.</param>
/// <param name="entries">Its values by key, in the order of the file.</param>
internal sealed class YamlMap(YamlValue whole, IReadOnlyDictionary<string, YamlValue> entries)
{
    /// <summary>Keys and values in the order of the file.</summary>
    public IEnumerable<KeyValuePair<string, YamlValue>> Entries => entries;

    /// <summary>The value of a key that must be there.</summary>
    /// <exception cref="SweepException">It is not.</exception>
    public YamlValue Required(string key) => Optional(key) ?? throw whole.Wrong($"'{key}' is missing");

    /// <summary>The value of a key; null if it is not there.</summary>
    public YamlValue? Optional(string key) => entries.GetValueOrDefault(key);
}
