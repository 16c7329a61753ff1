namespace Zapping.Training.Conformance;

/// <summary>Where an entry is.</summary>
/// <param name="Tensor">Name of the parameter, the buffer, or what is remembered.</param>
/// <param name="Row">Null: all of the tensor.</param>
/// <param name="Column">In the flattened row.</param>
internal sealed record EntryPlace(string Tensor, int? Row = null, int? Column = null)
{
    public override string ToString() => Row is null ? $"'{Tensor}'" : FormattableString.Invariant($"'{Tensor}', row {Row}, column {Column}");
}
