using System.Text;
using System.Xml.Linq;
using FluentAssertions;
using Xunit;

namespace Zapping.Training.Tests.Build;

/// <summary>eng/: an application builds, loads the native library on an older Linux, and touches nothing else.</summary>
public sealed class NativeLibraryTests
{
    private const string Version = "GLIBCXX_3.4.32";
    private const int WeakFlag = 2;

    [Fact]
    public void An_application_loads_the_library_a_second_build_is_a_no_op_and_the_cache_stays_as_packed()
    {
        using var project = new ThrowawayProject();

        project.Build().ExitCode.Should().Be(0);
        var library = File.ReadAllBytes(project.OutputLibrary);
        project.Dotnet("run", "--no-build").Output.Trim().Should().EndWith("3");

        // A copied, linked or patched file keeps length and time, even the inode, but each is a new entry of the folder.
        var written = Directory.GetLastWriteTimeUtc(project.OutputFolder);
        var (exitCode, output) = project.Build("-v:detailed");
        exitCode.Should().Be(0, output);
        Directory.GetLastWriteTimeUtc(project.OutputFolder).Should().Be(written, "nothing in it was replaced");
        output.Should().Contain("Skipping target \"_ZappingMakeOutputLoadable\"", "not even the task is compiled, which takes seconds")
            .And.NotContain("ZappingWeakenVersionNeed\" task");
        File.ReadAllBytes(project.OutputLibrary).Should().Equal(library);

        var packaged = ThrowawayProject.PackagedLibrary();
        File.ReadAllBytes(ThrowawayProject.CachedLibrary).AsSpan().SequenceEqual(packaged).Should().BeTrue();
        DifferencesBetween(packaged, library).Should().Equal(
            SystemHasVersion() ? [] : [WeakFlag], "only the flag of that one version may change");
    }

    [Fact]
    public void Only_the_backend_of_the_current_system_lands_in_the_output_once()
    {
        using var project = new ThrowawayProject();

        project.Build().ExitCode.Should().Be(0);

        var natives = Directory.EnumerateFiles(project.OutputFolder, "*", SearchOption.AllDirectories).Select(Path.GetFileName).ToList();
        natives.Should().ContainSingle(name => name == "libtorch_cpu.so");
        natives.Should().NotContain(name => name!.EndsWith(".dylib", StringComparison.Ordinal) || name == "torch_cpu.dll");
    }

    [Fact]
    public void An_empty_runtime_identifier_gives_a_portable_output_that_loads()
    {
        using var project = new ThrowawayProject();

        project.Build("-p:RuntimeIdentifier=").ExitCode.Should().Be(0);

        Directory.Exists(project.OutputFolder).Should().BeFalse("that is the folder of one runtime identifier");
        project.Dotnet("run", "--no-build", "-p:RuntimeIdentifier=").Output.Trim().Should().EndWith("3");
    }

    [Fact]
    public void A_file_that_is_no_library_is_refused_and_left_alone()
    {
        Assert.SkipWhen(SystemHasVersion(), "the system's libstdc++ is new enough, so nothing is patched");
        using var project = new ThrowawayProject();
        const string Garbage = "this is no library";
        project.Write("libLibTorchSharp.so", Garbage);
        project.Write("Directory.Build.props", """
            <Project>
              <Target Name="PutGarbage" AfterTargets="ResolvePackageAssets">
                <ItemGroup>
                  <NativeCopyLocalItems Remove="@(NativeCopyLocalItems)" Condition="'%(Filename)' == 'libLibTorchSharp'" />
                  <NativeCopyLocalItems Include="$(MSBuildProjectDirectory)/libLibTorchSharp.so" CopyLocal="true" DestinationSubPath="libLibTorchSharp.so" />
                </ItemGroup>
              </Target>
            </Project>
            """);

        var (exitCode, output) = project.Build();

        exitCode.Should().NotBe(0);
        output.Should().Contain("libLibTorchSharp.so could not be made to load on this system: not a 64-bit little-endian ELF file");
        project.Read("libLibTorchSharp.so").Should().Be(Garbage);
        File.Exists(project.OutputLibrary).Should().BeFalse();
    }

    [Fact]
    public void Turned_off_it_leaves_the_file_as_it_is_and_turned_on_again_it_mends_it()
    {
        Assert.SkipWhen(SystemHasVersion(), "the system's libstdc++ is new enough, so nothing is patched");
        using var project = new ThrowawayProject();
        var packaged = ThrowawayProject.PackagedLibrary();

        project.Build("-p:ZappingMakeTorchSharpLoadable=false").ExitCode.Should().Be(0);
        File.ReadAllBytes(project.OutputLibrary).AsSpan().SequenceEqual(packaged).Should().BeTrue();

        project.Build().ExitCode.Should().Be(0);
        DifferencesBetween(packaged, File.ReadAllBytes(project.OutputLibrary)).Should().Equal(WeakFlag);

        File.Delete(project.OutputLibrary);
        project.Build().ExitCode.Should().Be(0);
        DifferencesBetween(packaged, File.ReadAllBytes(project.OutputLibrary)).Should().Equal(WeakFlag);
    }

    [Fact]
    public void Every_name_in_the_targets_has_a_prefix()
    {
        var names = XDocument.Load(Path.Combine(ThrowawayProject.Repository, "eng", "Zapping.Training.targets")).Descendants()
            .SelectMany(element => element.Name.LocalName switch
            {
                "UsingTask" => [element.Attribute("TaskName")!.Value.Split('.')[^1]],
                "Target" => [element.Attribute("Name")!.Value],
                "PropertyGroup" => element.Elements().Select(property => property.Name.LocalName),
                "ItemGroup" => element.Elements().Select(item => item.Name.LocalName),
                _ => Array.Empty<string>(),
            });

        names.Where(name => !name.StartsWith("_Zapping", StringComparison.Ordinal) && !name.StartsWith("Zapping", StringComparison.Ordinal)).Distinct(StringComparer.Ordinal)
            .Should().BeEquivalentTo("NativeCopyLocalItems", "RuntimeTargetsCopyLocalItems", "ResolvedFileToPublish", "FileWrites");
    }

    [Theory]
    [InlineData("cpu", "libtorch-cpu-linux-x64")]
    [InlineData("cuda-linux", "TorchSharp-cuda-linux")]
    [InlineData("cuda-windows", "TorchSharp-cuda-windows")]
    public void One_property_chooses_the_backend(string backend, string package)
    {
        using var project = new ThrowawayProject();

        var (exitCode, output) = project.Dotnet("msbuild", "-getItem:PackageReference", $"-p:TorchBackend={backend}");

        exitCode.Should().Be(0);
        output.Should().Contain($"\"{package}\"");
    }

    [Fact]
    public void An_unknown_backend_is_refused_by_name()
    {
        using var project = new ThrowawayProject();

        var (exitCode, output) = project.Build("-p:TorchBackend=cuda");

        exitCode.Should().NotBe(0);
        output.Should().Contain("TorchBackend is 'cuda'; it must be cpu, cuda-linux, cuda-windows or external.");
    }

    private static int[] DifferencesBetween(byte[] packaged, byte[] patched)
    {
        patched.Should().HaveSameCount(packaged);
        return [.. packaged.Zip(patched).Where(pair => pair.First != pair.Second).Select(pair => pair.First ^ pair.Second)];
    }

    private static bool SystemHasVersion()
    {
        string[] places = ["/usr/lib/x86_64-linux-gnu/libstdc++.so.6", "/usr/lib64/libstdc++.so.6"];
        return places.FirstOrDefault(File.Exists) is not { } library
            || File.ReadAllBytes(library).AsSpan().IndexOf(Encoding.ASCII.GetBytes(Version + "\0")) >= 0;
    }
}
