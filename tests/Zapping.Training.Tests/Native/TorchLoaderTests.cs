using FluentAssertions;
using Xunit;
using Zapping.Training.Native;

namespace Zapping.Training.Tests.Native;

/// <summary>What a script is told where the libraries cannot be loaded. That they are loaded is tested by a script, in <see cref="Build.PackageConsumerTests"/>.</summary>
public sealed class TorchLoaderTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("zapping-loader-");

    private string Program => _folder.CreateSubdirectory("program").FullName;

    private string Package => _folder.CreateSubdirectory("packages/torchsharp/0.107.0").FullName;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Where_TorchSharp_loads_by_itself_nothing_happens() => FluentActions.Invoking(TorchLoader.EnsureLoaded).Should().NotThrow();

    [Fact]
    public void A_missing_library_of_TorchSharp_is_named_with_the_places_that_were_looked_at()
    {
        var load = () => TorchLoader.Load(Program, Package, "2.10.0.0");

        load.Should().Throw<DllNotFoundException>().WithMessage($"libLibTorchSharp.so is in none of: {Program}, {Package}/runtimes/linux-x64/native.");
    }

    [Theory]
    [InlineData("2.9.1", "runtimes/linux-x64/native/libtorch_cpu.so")] // another version
    [InlineData("not-a-version", "runtimes/linux-x64/native/libtorch_cpu.so")]
    [InlineData("2.10.0", "other.so")]
    public void A_missing_libtorch_is_named_with_its_version_and_what_helps(string version, string file)
    {
        Write(Package, "runtimes/linux-x64/native/libLibTorchSharp.so");
        Write(_folder.FullName, $"packages/libtorch-cpu-linux-x64/{version}/{file}");

        var load = () => TorchLoader.Load(Program, Package, "2.10.0.0");

        load.Should().Throw<DllNotFoundException>().WithMessage($"libtorch 2.10.0.0 was not found in {Program}*#r \"nuget: TorchSharp-cpu\" before the first tensor.");
    }

    [Theory]
    [InlineData("2.10.0.0", "2.10.0")]
    [InlineData(null, "2.11.0")]
    public void Libtorch_is_taken_from_the_package_of_that_version_else_of_the_newest(string? wanted, string taken)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "elsewhere nothing is loaded");
        Write(Package, "runtimes/linux-x64/native/libLibTorchSharp.so");
        foreach (var version in new[] { "2.9.1", "2.10.0", "2.11.0" })
        {
            Write(_folder.FullName, $"packages/libtorch-cpu-linux-x64/{version}/runtimes/linux-x64/native/libtorch_cpu.so");
        }

        var load = () => TorchLoader.Load(Program, Package, wanted);

        load.Should().Throw<DllNotFoundException>("what lies there is no library").WithMessage($"*libtorch-cpu-linux-x64/{taken}/*");
    }

    private static void Write(string folder, string file)
    {
        var path = Path.Combine(folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "no library");
    }
}
