using System.Runtime.InteropServices;
using Google.Protobuf;
using static TorchSharp.torch;

namespace Zapping.Models.Pretrained;

/// <summary>The nodes of an ONNX file in their order, and its float32 weights. Only what a network's weights need is read; other fields are skipped.</summary>
/// <remarks>Numbers of fields are those of onnx.proto3.</remarks>
internal sealed class OnnxGraph
{
    private const int Float32 = 1;

    private readonly Dictionary<string, (long[] Shape, byte[] Bytes)> _weights = new(StringComparer.Ordinal);
    private readonly List<OnnxNode> _nodes = [];

    private OnnxGraph()
    {
    }

    /// <summary>Operations in the order of the file.</summary>
    public IReadOnlyList<OnnxNode> Nodes => _nodes;

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">It is no ONNX file, or it is damaged.</exception>
    public static OnnxGraph Read(string path)
    {
        var graph = new OnnxGraph();
        try
        {
            Each(File.ReadAllBytes(path), (field, input) =>
            {
                if (field == 7)
                {
                    Each(input.ReadBytes().ToByteArray(), graph.Take);
                    return true;
                }

                return false;
            });
        }
        catch (InvalidProtocolBufferException damage)
        {
            throw new InvalidDataException($"{path} is no ONNX file, or it is damaged: {damage.Message}", damage);
        }

        return graph._nodes.Count > 0 ? graph : throw new InvalidDataException($"{path} has no network in it.");
    }

    /// <summary>A weight as a tensor in the current dispose scope.</summary>
    /// <exception cref="InvalidDataException">There is none of that name, or its bytes do not fill its shape.</exception>
    public Tensor Weight(string name)
    {
        if (!_weights.TryGetValue(name, out var weight))
        {
            throw new InvalidDataException($"The file has no weights '{name}' of 32-bit floats.");
        }

        var values = MemoryMarshal.Cast<byte, float>(weight.Bytes);
        return values.Length == weight.Shape.Aggregate(1L, (product, size) => product * size) && weight.Bytes.Length % sizeof(float) == 0
            ? tensor(values.ToArray(), weight.Shape)
            : throw new InvalidDataException($"The weights '{name}' have {weight.Bytes.Length} bytes, which is not what [{string.Join(", ", weight.Shape)}] takes.");
    }

    private bool Take(int field, CodedInputStream input)
    {
        switch (field)
        {
            case 1:
                _nodes.Add(OnnxNode.Read(input.ReadBytes().ToByteArray()));
                return true;
            case 5:
                TakeWeight(input.ReadBytes().ToByteArray());
                return true;
            default:
                return false;
        }
    }

    private void TakeWeight(byte[] message)
    {
        var (shape, type, name, bytes) = (new List<long>(), 0, "", Array.Empty<byte>());
        Each(message, (field, input) =>
        {
            switch (field)
            {
                case 1:
                    shape.Add(input.ReadInt64());
                    return true;
                case 2:
                    type = input.ReadInt32();
                    return true;
                case 4 or 9: // packed floats, or raw ones: the same bytes, of which a tensor has one kind
                    bytes = input.ReadBytes().ToByteArray();
                    return true;
                case 8:
                    name = input.ReadString();
                    return true;
                default:
                    return false;
            }
        });
        if (type == Float32)
        {
            _weights[name] = ([.. shape], bytes);
        }
    }

    /// <summary>Goes through the fields of a message.</summary>
    /// <param name="message">Its bytes.</param>
    /// <param name="take">Reads the value of a field and says so, or leaves it to be skipped.</param>
    internal static void Each(byte[] message, Func<int, CodedInputStream, bool> take)
    {
        using var input = new CodedInputStream(message);
        for (var tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
        {
            if (!take(WireFormat.GetTagFieldNumber(tag), input))
            {
                input.SkipLastField();
            }
        }
    }
}

/// <summary>An operation.</summary>
/// <param name="Kind">Such as <c>Conv</c>.</param>
/// <param name="Inputs">Names of what it takes, its weights last.</param>
internal sealed record OnnxNode(string Kind, IReadOnlyList<string> Inputs)
{
    public static OnnxNode Read(byte[] message)
    {
        var (kind, inputs) = ("", new List<string>());
        OnnxGraph.Each(message, (field, input) =>
        {
            switch (field)
            {
                case 1:
                    inputs.Add(input.ReadString());
                    return true;
                case 4:
                    kind = input.ReadString();
                    return true;
                default:
                    return false;
            }
        });
        return new(kind, inputs);
    }
}
