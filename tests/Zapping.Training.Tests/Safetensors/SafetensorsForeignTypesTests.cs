using System.Text;
using FluentAssertions;
using Xunit;
using Zapping.Training.Safetensors;
using Zapping.Training.Tests.Checkpoints;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Safetensors;

/// <summary>Types of the format that TorchSharp has not: the file is read, and only such a tensor is refused, by its name and type.</summary>
public sealed class SafetensorsForeignTypesTests
{
    // The bits of an element.
    public static TheoryData<string, int> Types => new()
    {
        { "F4", 4 }, { "F6_E2M3", 6 }, { "F6_E3M2", 6 }, { "F8_E5M2", 8 }, { "F8_E4M3", 8 }, { "F8_E8M0", 8 }, { "F8_E4M3FNUZ", 8 }, { "F8_E5M2FNUZ", 8 },
        { "U16", 16 }, { "U32", 32 }, { "U64", 64 },
    };

    [Theory]
    [MemberData(nameof(Types))]
    public void The_other_tensors_are_read(string type, int bits)
    {
        using var scope = NewDisposeScope();
        using var file = Open("head.scale", type, bits);

        file.Names.Should().Equal("head.scale", "head.weight", "head.bias");
        file["head.scale"].DataType.Should().BeNull();
        file["head.scale"].TypeCode.Should().Be(type);
        file["head.scale"].Shape.Should().Equal(2, 4);
        file["head.scale"].ByteCount.Should().Be(bits);
        file["head.scale"].ToString().Should().Be($"{type} [2, 4]");
        Nets.Bits(file.Read("head.weight")).Should().Equal(Enumerable.Repeat((byte)1, 16));
        file["head.weight"].TypeCode.Should().Be("F32");
        file.Invoking(f => f.Read("head.scale")).Should().Throw<NotSupportedException>()
            .WithMessage($"The stream holds 'head.scale' as {type} [2, 4], a type that TorchSharp does not have. Its other tensors can be read.");
        var target = zeros(2, 4);
        file.Invoking(f => f.ReadInto("head.scale", target, convert: true)).Should().Throw<NotSupportedException>().WithMessage($"*'head.scale'*{type}*");
        target.sum().item<float>().Should().Be(0);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void A_module_that_does_not_want_them_loads_the_rest(string type, int bits)
    {
        using var net = Sequential(("head", Linear(2, 2)));
        using var file = Open("head.scale", type, bits);

        net.Invoking(module => StateDict.Load(module, file)).Should().Throw<InvalidDataException>()
            .WithMessage("The stream does not fit the module*unexpected in the file: head.scale");
        var report = StateDict.Load(net, file, options: new() { Strict = false });

        report.Loaded.Should().BeEquivalentTo("head.weight", "head.bias");
        report.Unexpected.Should().Equal("head.scale");
        report.Missing.Should().BeEmpty();
        Nets.Bits(net)["head.weight"].Should().Equal(Enumerable.Repeat((byte)1, 16));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void A_module_that_wants_one_is_told_which_whatever_may_be_converted(string type, int bits)
    {
        using var net = Sequential(("body", Linear(4, 2, hasBias: false)), ("head", Linear(2, 2)));
        var before = Nets.Bits(net);
        using var file = Open("body.weight", type, bits);

        net.Invoking(module => StateDict.Load(module, file, options: new() { Strict = false, Convert = true })).Should().Throw<InvalidDataException>()
            .WithMessage($"*'body.weight' is {type} [2, 4] in the file, a type that TorchSharp does not have, and Float32 [2, 4] in the module");

        Nets.Bits(net).Should().BeEquivalentTo(before);
    }

    [Fact]
    public void Complex_weights_are_loaded_into_complex_ones_only()
    {
        using var scope = NewDisposeScope();
        using var net = new OneParameter(complex(zeros(2), zeros(2)));
        using var file = Tensors.Written(("weight", complex(ones(2), ones(2))));
        StateDict.Load(net, file);
        net.parameters().Single().detach().imag.sum().item<float>().Should().Be(2);
        using var real = new OneParameter(zeros(2));

        real.Invoking(module => StateDict.Load(module, file, options: new() { Convert = true })).Should().Throw<InvalidDataException>()
            .WithMessage("*'weight' is ComplexFloat32 [2] in the file and Float32 [2] in the module");
    }

    // Linear(2, 2) behind [2, 4] of the type; every byte is 1.
    private static SafetensorsFile Open(string name, string type, int bytes)
    {
        var header = $$"""
            {"{{name}}":{"dtype":"{{type}}","shape":[2,4],"data_offsets":[0,{{bytes}}]},
            "head.weight":{"dtype":"F32","shape":[2,2],"data_offsets":[{{bytes}},{{bytes + 16}}]},
            "head.bias":{"dtype":"F32","shape":[2],"data_offsets":[{{bytes + 16}},{{bytes + 24}}]} }
            """;
        return SafetensorsFile.Open(new MemoryStream(
            [.. BitConverter.GetBytes((ulong)header.Length), .. Encoding.UTF8.GetBytes(header), .. Enumerable.Repeat((byte)1, bytes + 24)]));
    }

    private sealed class OneParameter : Module
    {
        public OneParameter(Tensor value)
            : base(nameof(OneParameter)) => register_parameter("weight", Parameter(value));
    }
}
