using System.Runtime.InteropServices;
using FluentAssertions;
using Xunit;
using Zapping.Training.Build;

namespace Zapping.Training.Tests.Build;

/// <summary>eng/ExternalLibTorch.cs: what is published without libtorch runs on one that is there, or says what is wrong.</summary>
public sealed class ExternalLibTorchTests
{
    [Fact]
    public void A_small_publish_runs_on_the_libtorch_that_the_variable_names_and_explains_what_it_cannot_use()
    {
        using var project = new ThrowawayProject();
        project.PublishExternal();
        var published = Files(project.PublishFolder);
        published.Should().NotContain("libtorch_cpu.so").And.Contain("libLibTorchSharp.so");

        project.RunPublished(AppContext.BaseDirectory).Should().Be((0, "3" + Environment.NewLine));

        Refused(libTorch: null).Should().StartWith("This program was built without libtorch. Set ZAPPING_LIBTORCH to a folder with libtorch 2.");
        Refused("").Should().StartWith("This program was built without libtorch.");

        var folder = project.Folder("torch/lib").FullName;
        Refused(folder).Should().Be($"ZAPPING_LIBTORCH is {folder}, but libc10.so, libtorch_cpu.so, libtorch.so are not there.");

        Fill(folder, name => File.WriteAllText(name, "no library"));
        Refused(folder).Should().StartWith($"ZAPPING_LIBTORCH is {folder}, but what is there does not load.").And.Contain(folder + "/libc10.so: ");

        Fill(folder, name => File.Copy(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "libSystem.Native.so"), name));
        Refused(folder).Should().Be($"ZAPPING_LIBTORCH is {folder}, which has libtorch of an earlier version; TorchSharp needs 2.10.");

        File.WriteAllText(Path.Combine(folder, "..", "version.py"), "from typing import Optional\n__version__ = '2.6.0+cu124'\n");
        Refused("torch/lib").Should().Be($"ZAPPING_LIBTORCH is {folder}, which has libtorch 2.6.0+cu124; TorchSharp needs 2.10.");

        Files(project.PublishFolder).Should().Equal(published, "TorchSharp was not left to copy a libtorch from the package cache");

        string Refused(string? libTorch)
        {
            var (exitCode, output) = project.RunPublished(libTorch);
            exitCode.Should().Be(2);
            return output.TrimEnd();
        }
    }

    [Fact]
    public void A_single_file_has_a_library_inside_that_loads_on_older_systems_too()
    {
        using var project = new ThrowawayProject();

        project.PublishExternal("-p:PublishSingleFile=true", "-p:IncludeNativeLibrariesForSelfExtract=true", "--self-contained=false");

        Files(project.PublishFolder).Should().Equal("app", "app.pdb");
        project.RunPublished(AppContext.BaseDirectory).Should().Be((0, "3" + Environment.NewLine));
        var library = Directory.EnumerateFiles(project.Folder("extracted").FullName, "libLibTorchSharp.so", SearchOption.AllDirectories).Single();
        ElfVersionNeeds.MarkWeak(File.ReadAllBytes(library), "GLIBCXX_3.4.32").Should().BeFalse("it is weak, whatever system built it");
    }

    [Fact]
    public void It_is_for_linux_only()
    {
        using var project = new ThrowawayProject();

        var (exitCode, output) = project.Build("-p:TorchBackend=external", "-p:RuntimeIdentifier=win-x64");

        exitCode.Should().NotBe(0);
        output.Should().Contain("TorchBackend external is for linux-x64; this build is for win-x64.");
    }

    private static List<string?> Files(string folder) =>
        [.. Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal)];

    private static void Fill(string folder, Action<string> make)
    {
        foreach (var name in new[] { "libc10.so", "libtorch_cpu.so", "libtorch.so" })
        {
            var path = Path.Combine(folder, name);
            File.Delete(path);
            make(path);
        }
    }
}
