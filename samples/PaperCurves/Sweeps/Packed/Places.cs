using System.Text.Json;

namespace PaperCurves.Sweeps.Packed;

/// <summary>Values that many runs share, each kept once; told apart by what their files would say.</summary>
internal sealed class Places<T>
{
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private readonly List<T> _values = [];

    public IReadOnlyList<T> Values => _values;

    /// <summary>The place of a value, which is added if it is new.</summary>
    public int Of(T value)
    {
        var text = JsonSerializer.Serialize(value, CellFile.Strict);
        if (_places.TryAdd(text, _values.Count))
        {
            _values.Add(value);
        }

        return _places[text];
    }
}
