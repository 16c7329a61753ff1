namespace Zapping.Training.HiddenUnits;

/// <summary>The units of a layer, and all that belongs to each of them elsewhere.</summary>
/// <param name="Layer">Has the incoming weights: row i is unit i's.</param>
/// <param name="Norms">The normalizations on the way to the consumers.</param>
/// <param name="Consumers">The layers that see the units; nothing else does.</param>
public sealed record HiddenLayer(UnitLayer Layer, IReadOnlyList<NormedUnits> Norms, IReadOnlyList<ConsumedUnits> Consumers);

/// <summary>The channels of a normalization that belong to the units of a layer.</summary>
/// <param name="Norm">The normalization.</param>
/// <param name="Channels">Of each unit, its channels.</param>
public sealed record NormedUnits(UnitNorm Norm, IReadOnlyList<int[]> Channels);

/// <summary>The columns of a layer's weight that see the units of another layer.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Columns">Of each unit, its columns of the layer's weight: several after a flatten.</param>
public sealed record ConsumedUnits(UnitLayer Layer, IReadOnlyList<int[]> Columns)
{
    /// <summary>Every column with its unit, as two lists of one length.</summary>
    internal (long[] Unit, long[] Column) Pairs { get; } =
    (
        [.. Columns.SelectMany((columns, unit) => Enumerable.Repeat((long)unit, columns.Length))],
        [.. Columns.SelectMany(columns => columns).Select(column => (long)column)]
    );

    /// <summary>All columns of some units.</summary>
    /// <param name="units">Unit numbers.</param>
    public int[] ColumnsOf(IEnumerable<int> units) => [.. units.SelectMany(unit => Columns[unit])];
}
