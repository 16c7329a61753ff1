using FluentAssertions;
using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.Safetensors;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Safetensors;

/// <summary>A state dict whose weights cannot be trained with is refused before the first write.</summary>
public sealed class NonFiniteWeightsTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        File.Delete(_path);
    }

    [Fact]
    public void Names_and_numbers_are_told_and_the_module_is_left_as_it_was()
    {
        Save(net =>
        {
            ((Linear)net[0]).weight[0].fill_(double.NaN);
            ((Linear)net[2]).bias![3] = tensor(float.NegativeInfinity);
        });
        using var net = Net();
        var before = Nets.Bits(net);

        FluentActions.Invoking(() => StateDict.Load(net, _path)).Should().Throw<InvalidDataException>().WithMessage(
            $"'{_path}' would give the module NaN or infinite numbers in 'body.weight' (6 of 30), 'head.bias' (1 of 8); "
            + "it was left as it was. Set StateDictLoadOptions.AllowNonFinite if that is meant.");

        Nets.Bits(net).Should().BeEquivalentTo(before);
    }

    [Fact]
    public void They_are_loaded_if_they_are_meant()
    {
        Save(net => ((Linear)net[0]).weight.fill_(double.NaN));
        using var net = Net();
        StateDict.Load(net, _path, options: new() { AllowNonFinite = true });
        ((Linear)net[0]).weight.isnan().all().item<bool>().Should().BeTrue();
    }

    [Fact]
    public void They_are_not_saved_over_a_good_file_unless_they_are_meant()
    {
        Save(_ => { });
        var good = File.ReadAllBytes(_path);
        using var net = Net();
        using (no_grad())
        {
            ((Linear)net[2]).weight[1, 1] = tensor(float.NaN);
        }

        FluentActions.Invoking(() => StateDict.Save(net, _path)).Should().Throw<InvalidOperationException>()
            .WithMessage("The file would have NaN or infinite numbers in 'head.weight' (1 of 40)*nothing was written*");
        File.ReadAllBytes(_path).Should().Equal(good);
    }

    [Fact]
    public void Buffers_may_be_infinite_as_masks_are()
    {
        Save(net => ((BatchNorm1d)net[1]).running_var!.fill_(double.PositiveInfinity));
        using var net = Net();
        StateDict.Load(net, _path);
        ((BatchNorm1d)net[1]).running_var!.isinf().all().item<bool>().Should().BeTrue();
    }

    [Fact]
    public void What_only_becomes_infinite_when_it_is_converted_is_refused_too()
    {
        using (var wide = Net().to(ScalarType.Float64))
        {
            using var noGrad = no_grad();
            ((Linear)wide[2]).weight[1, 1] = tensor(1e300, ScalarType.Float64);
            StateDict.Save(wide, _path);
        }

        using var net = Net();
        FluentActions.Invoking(() => StateDict.Load(net, _path, options: new() { Convert = true })).Should().Throw<InvalidDataException>()
            .WithMessage("*NaN or infinite numbers in 'head.weight' (1 of 40);*");
    }

    [Fact]
    public void Of_many_tensors_five_are_told()
    {
        using var many = Sequential(Enumerable.Range(0, 4).Select(i => ($"l{i}", (Module<Tensor, Tensor>)Linear(2, 2))));
        using (no_grad())
        {
            foreach (var parameter in many.parameters())
            {
                parameter.fill_(double.NaN);
            }
        }

        StateDict.Save(many, _path, allowNonFinite: true);
        FluentActions.Invoking(() => StateDict.Load(many, _path)).Should().Throw<InvalidDataException>()
            .WithMessage("*'l2.bias' (2 of 2), and 3 more; it was left*");
    }

    private static Sequential Net() => Sequential(("body", Linear(6, 5)), ("norm", BatchNorm1d(5)), ("head", Linear(5, 8)));

    private void Save(Action<Sequential> spoil)
    {
        using var net = Net();
        using var noGrad = no_grad();
        spoil(net);
        StateDict.Save(net, _path, allowNonFinite: true);
    }
}
