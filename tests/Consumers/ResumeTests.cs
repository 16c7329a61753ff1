using Consumers.Programs;
using FluentAssertions;
using Xunit;
using Zapping.Training.Safetensors;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Consumers;

/// <summary>Programs that are interrupted end with the bits of those that are not; and weights come from elsewhere.</summary>
[Collection(AloneCollection.Name)]
public sealed class ResumeTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();
    private readonly StringWriter _output = new();

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Own_loop_goes_on_bit_for_bit()
    {
        var whole = ResumeOwnLoop.Run(_output, In("whole"));

        FluentActions.Invoking(() => ResumeOwnLoop.Run(_output, In("killed"), failsAfter: 36)).Should().Throw<TimeoutException>();
        ResumeOwnLoop.Run(_output, In("killed")).Should().Equal(whole);
        _output.ToString().TrimEnd().Should().EndWith("begins with epoch 3, step 30, learning rate 0.0015");
        ResumeOwnLoop.Run(_output, In("killed")).Should().Equal(whole, "a finished run has nothing left to do");
    }

    [Theory]
    [InlineData(40)] // inside the first epoch of the third task
    [InlineData(54)]
    [InlineData(36)] // at the very end of a task
    public void Tasks_go_on_bit_for_bit(long cancelAfter)
    {
        var whole = ResumeTasks.Run(_output, In("whole"));

        FluentActions.Invoking(() => ResumeTasks.Run(_output, In("killed"), cancelAfter)).Should().Throw<OperationCanceledException>();
        ResumeTasks.Run(_output, In("killed")).Should().Equal(whole);
        _output.ToString().TrimEnd().Should().NotEndWith("Steps = 0");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Weights_of_PyTorch_are_taken_under_their_own_names(long seed)
    {
        random.manual_seed(seed);
        using var scope = NewDisposeScope();
        var path = In("weights.safetensors");
        var (kernel, scale) = (rand(8, 3, 3, 3).to(float16), rand(8).to(float16));
        using (var file = File.Create(path))
        {
            SafetensorsFile.Write(file,
            [
                new("backbone.stem.0.weight", kernel), new("backbone.stem.0.bias", scale), new("backbone.stem.1.weight", scale), new("backbone.stem.1.bias", scale),
                new("backbone.stem.1.running_mean", scale), new("backbone.stem.1.running_var", scale), new("backbone.stem.1.num_batches_tracked", tensor(7L)), new("neck.weight", scale),
            ]);
        }

        using var model = Sequential(("conv1", Conv2d(3, 8, 3)), ("bn1", BatchNorm2d(8)), ("flatten", Flatten()), ("head", Linear(8, 4)));
        using var head = model.get_parameter("head.weight")!.clone();
        var report = PyTorchWeights.Run(_output, model, path);

        report.Missing.Should().Equal("head.weight", "head.bias");
        report.Unexpected.Should().Equal("neck.weight");
        report.Loaded.Should().HaveCount(7);
        Same(model.get_parameter("conv1.weight")!, kernel.to(float32)).Should().BeTrue();
        Same(model.get_buffer("bn1.running_var")!, scale.to(float32)).Should().BeTrue();
        Same(model.get_parameter("head.weight")!, head).Should().BeTrue("the file has no classifier");
        FluentActions.Invoking(() => StateDict.Load(model, path)).Should().Throw<InvalidDataException>();
    }

    private static bool Same(Tensor a, Tensor b) => a.bytes.SequenceEqual(b.bytes);

    private string In(string name) => Path.Combine(_folder.FullName, name);
}
