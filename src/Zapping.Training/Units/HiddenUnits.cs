namespace Zapping.Training.Internal;

/// <summary>The units of a layer, and all that belongs to each of them elsewhere.</summary>
/// <param name="Layer">Has the incoming weights: row i is unit i's.</param>
/// <param name="Norms">The normalisations on the way to the consumers.</param>
/// <param name="Consumers">The layers that see the units; nothing else does.</param>
internal sealed record HiddenUnits(UnitLayer Layer, IReadOnlyList<NormedUnits> Norms, IReadOnlyList<ConsumedUnits> Consumers);

/// <param name="Norm">The normalisation.</param>
/// <param name="Channels">Of each unit, its channels.</param>
internal sealed record NormedUnits(UnitNorm Norm, int[][] Channels);

/// <param name="Layer">The layer.</param>
/// <param name="Columns">Of each unit, its columns of the layer's weight: several after a flatten.</param>
internal sealed record ConsumedUnits(UnitLayer Layer, int[][] Columns)
{
    /// <summary>Every column with its unit, as two lists of one length.</summary>
    public (long[] Unit, long[] Column) Pairs { get; } =
    (
        [.. Columns.SelectMany((columns, unit) => Enumerable.Repeat((long)unit, columns.Length))],
        [.. Columns.SelectMany(columns => columns).Select(column => (long)column)]
    );

    /// <summary>All columns of some units.</summary>
    public int[] ColumnsOf(IEnumerable<int> units) => [.. units.SelectMany(unit => Columns[unit])];
}
