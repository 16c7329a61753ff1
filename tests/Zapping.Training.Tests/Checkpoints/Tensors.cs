using FluentAssertions;
using TorchSharp;
using Zapping.Training.Safetensors;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Checkpoints;

/// <summary>Safetensors files in memory and what tests look at in them.</summary>
internal static class Tensors
{
    public static SafetensorsFile Written(params (string Name, Tensor Value)[] tensors) =>
        SafetensorsFile.Open(new MemoryStream(Bytes(tensors)));

    public static byte[] Bytes(params (string Name, Tensor Value)[] tensors) => Bytes(null, tensors);

    public static byte[] Bytes(IReadOnlyDictionary<string, string>? metadata, params (string Name, Tensor Value)[] tensors)
    {
        using var stream = new MemoryStream();
        SafetensorsFile.Write(stream, tensors.Select(t => KeyValuePair.Create(t.Name, t.Value)), metadata);
        return stream.ToArray();
    }

    public static void ShouldBeSame(Tensor actual, Tensor expected)
    {
        actual.dtype.Should().Be(expected.dtype);
        actual.shape.Should().Equal(expected.shape);
        actual.device_type.Should().Be(DeviceType.CPU);
        Nets.Bits(actual).Should().Equal(Nets.Bits(expected));
    }
}
