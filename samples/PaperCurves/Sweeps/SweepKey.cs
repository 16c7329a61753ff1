namespace PaperCurves.Sweeps;

/// <summary>A key of a sweep file that stands for one number of a plan or of a transfer.</summary>
/// <typeparam name="TNumbers">The record that the number belongs to.</typeparam>
/// <param name="Name">The key.</param>
/// <param name="Needs">In words, what it has a meaning for.</param>
/// <param name="Applies">Whether it has a meaning, judged by what else is said.</param>
/// <param name="Read">Reads the value and says what it changes.</param>
internal sealed record SweepKey<TNumbers>(
    string Name, string Needs, Predicate<TNumbers> Applies, Func<YamlValue, Func<TNumbers, TNumbers>> Read)
{
    /// <summary>A key whose value is read and put into the record.</summary>
    public static SweepKey<TNumbers> Of<TValue>(
        string name, string needs, Predicate<TNumbers> applies, Func<YamlValue, TValue> read, Func<TNumbers, TValue, TNumbers> with) =>
        new(name, needs, applies, value =>
        {
            var number = read(value);
            return numbers => with(numbers, number);
        });

    /// <summary>Everything that a mapping says by some keys.</summary>
    /// <param name="map">The mapping.</param>
    /// <param name="keys">The keys.</param>
    /// <param name="sample">A record of the kind that will be changed, to judge which keys have a meaning.</param>
    /// <exception cref="SweepException">A value is wrong, or would change nothing.</exception>
    public static Func<TNumbers, TNumbers> ReadAll(YamlMap map, IEnumerable<SweepKey<TNumbers>> keys, TNumbers sample)
    {
        var changes = new List<Func<TNumbers, TNumbers>>();
        foreach (var key in keys)
        {
            if (map.Optional(key.Name) is { } value)
            {
                changes.Add(key.Applies(sample) ? key.Read(value) : throw value.Wrong($"it changes nothing here; it is for {key.Needs}"));
            }
        }

        return numbers => changes.Aggregate(numbers, (changed, change) => change(changed));
    }
}
