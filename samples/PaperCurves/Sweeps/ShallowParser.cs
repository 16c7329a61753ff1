using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace PaperCurves.Sweeps;

/// <summary>Reads no deeper than a sweep goes: YamlDotNet descends on the stack, and where that ends the process ends.</summary>
internal sealed class ShallowParser(TextReader text) : IParser
{
    /// <summary>Twice what a sweep needs, which is 6: stream, document, file, networks, network, list.</summary>
    private const int Deepest = 12;

    private readonly Parser _parser = new(text);
    private int _depth;

    public ParsingEvent? Current => _parser.Current;

    /// <exception cref="YamlException">It is no YAML, or nested too deeply.</exception>
    public bool MoveNext()
    {
        var moved = _parser.MoveNext();
        _depth += moved ? _parser.Current!.NestingIncrease : 0;
        return _depth <= Deepest ? moved : throw new YamlException(Current!.Start, Current.End, "it is nested more deeply than any sweep");
    }
}
