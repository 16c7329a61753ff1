using FluentAssertions;
using Xunit;
using Zapping.Training.Tests.Shared;

namespace Zapping.Continual.Tests;

/// <summary>The library keeps each number that it hands to libtorch until libtorch has read it; see <see cref="UnkeptNumbers"/>.</summary>
public sealed class ScalarLifetimeTests
{
    [Fact]
    public void No_number_is_handed_to_native_code_by_an_object_that_nobody_keeps()
    {
        var (conversions, methods) = UnkeptNumbers.HandedOverBy(typeof(Zapping.Continual.Tasks.TaskSplit).Assembly);
        conversions.Should().BePositive("the library converts numbers somewhere");
        methods.Should().BeEmpty();
    }

    // TorchSharp itself does so in some of its functions, such as square(), which is pow(2).
    [Fact]
    public void No_function_of_TorchSharp_is_called_that_does_so()
    {
        UnkeptNumbers.OfTorchSharp.Should().Contain(typeof(TorchSharp.torch.Tensor).GetMethod(nameof(TorchSharp.torch.Tensor.square))!);
        string.Join(Environment.NewLine, UnkeptNumbers.CallsBy(typeof(Zapping.Continual.Tasks.TaskSplit).Assembly)).Should().BeEmpty();
    }
}
