using FluentAssertions;
using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.Safetensors;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Safetensors;

/// <summary>Weights travel from and to PyTorch; make_safetensors_fixture.py made the fixture and checks what is written here.</summary>
public sealed class PyTorchExchangeTests : IDisposable
{
    private static readonly StateDictKeyMap Names = new(
        ("net.0.", "net.conv."), ("net.1.", "net.norm."), ("net.5.", "net.head."), ("net.6.", "net.scale."));

    private readonly DisposeScope _scope = NewDisposeScope();

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Safetensors");

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void A_net_from_PyTorch_computes_the_same()
    {
        using var net = new Exchanged();

        var report = StateDict.Load(net, Path.Combine(Folder, "pytorch_net.safetensors"), Names);

        report.Missing.Should().BeEmpty();
        report.Unexpected.Should().BeEmpty();
        report.Loaded.Should().HaveCount(13).And.Contain("net.norm.num_batches_tracked");
        net.Norm.num_batches_tracked!.item<long>().Should().Be(3);
        (net.Compute() - net.Output).abs().max().item<float>().Should().BeLessThan(1e-6f);
    }

    [Fact]
    public void PyTorch_computes_the_same_from_a_net_from_here()
    {
        using var net = new Exchanged();
        for (var i = 0; i < 2; i++)
        {
            net.Net.call(randn(8, 2, 8, 8)); // statistics other than the first
        }

        net.Input.copy_(randn(4, 2, 8, 8));
        net.Output.copy_(net.Compute());
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            StateDict.Save(net, path, Names);
            PyTorch.Run(Path.Combine(Folder, "make_safetensors_fixture.py"), "check", path).Should().Be("batches: 2");
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>The net of make_safetensors_fixture.py with names of its own, and what goes in and comes out as buffers.</summary>
    private sealed class Exchanged : Module
    {
        public Exchanged()
            : base(nameof(Exchanged))
        {
            register_module("net", Net);
            register_buffer("input", Input);
            register_buffer("output", Output);
        }

        public BatchNorm2d Norm => (BatchNorm2d)Net[1];

        public Sequential Net { get; } = Sequential(
            ("conv", Conv2d(2, 4, 3)), ("norm", BatchNorm2d(4)), ("relu", ReLU()), ("pool", MaxPool2d(2)), ("flatten", Flatten()),
            ("head", Linear(36, 5)), ("scale", LayerNorm(5)));

        public Tensor Input { get; } = zeros(4, 2, 8, 8);

        public Tensor Output { get; } = zeros(4, 5);

        public Tensor Compute()
        {
            using var noGrad = no_grad();
            eval();
            return Net.call(Input);
        }
    }
}
