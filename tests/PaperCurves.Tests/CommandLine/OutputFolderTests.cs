using System.Runtime.Versioning;
using FluentAssertions;
using PaperCurves.Tests.Commands;
using Xunit;
using Zapping.CommandLine;
using Zapping.Training.Tests.Shared;

namespace PaperCurves.Tests.CommandLine;

/// <summary>Folders that cannot take results: found out before data are read, and left as they were.</summary>
[Collection(AloneCollection.Name)] // commands set the number of threads
public sealed class OutputFolderTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("papercurves-out-");

    private string Output => Path.Combine(_folder.FullName, "out");

    public static TheoryData<string, string> Outputs()
    {
        var data = new TheoryData<string, string>();
        foreach (var (command, names) in new Dictionary<string, string[]>(StringComparer.Ordinal)
        {
            ["run"] = ["results.csv", "run.json", "curves.png", "pretrained/", "pretrained/zap/"],
            ["pretrain"] = ["checkpoints/", "steps.csv", "episodes.csv", "pretraining.json"],
            ["transfer --without nowhere --with nowhere"] = ["results.csv", "run.json", "curves.png"],
            ["sweep run smoke"] = ["cells/", "networks/", "locks/"],
            ["sweep collect smoke"] = ["sequential.csv", "iid.parquet"],
            ["report smoke"] = ["report/", "report/report.html", "report/figures/", "zero-shot.csv"],
        })
        {
            foreach (var name in names)
            {
                data.Add(command, name);
            }
        }

        return data;
    }

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [MemberData(nameof(Outputs))]
    public async Task A_folder_in_place_of_a_file_and_the_other_way_round_are_named(string command, string name)
    {
        var place = Path.Combine(Output, name.TrimEnd('/'));
        Directory.CreateDirectory(Path.GetDirectoryName(place)!);
        if (name.EndsWith('/'))
        {
            await File.WriteAllTextAsync(place, "mine", TestContext.Current.CancellationToken);
        }
        else
        {
            Directory.CreateDirectory(place);
        }

        await InProcess.RefusedAsync(_folder.FullName, $"{place}: a {(name.EndsWith('/') ? "folder" : "file")} of this name is to be written", [.. command.Split(' '), "--out", Output]);
    }

    [Theory]
    [InlineData("/proc/papercurves")]
    [InlineData("/sys/papercurves/deeper")]
    public void Where_nobody_may_write_is_said(string path)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux has such folders");
        Refused(path, $"{path}: nothing can be written there. ");
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void A_folder_that_may_not_be_written_is_named_and_one_of_its_folders_too()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess, "who runs as root may write everywhere");
        Directory.CreateDirectory(Path.Combine(Output, "pretrained"));
        File.SetUnixFileMode(Path.Combine(Output, "pretrained"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Refused(Output, $"{Output}/pretrained: nothing can be written there. ", "pretrained/");
        File.WriteAllText(Path.Combine(Output, "results.csv"), "kept");
        File.SetUnixFileMode(Path.Combine(Output, "results.csv"), UnixFileMode.UserRead);
        Refused(Output, $"{Output}/results.csv: nothing can be written there. ", "results.csv");
        File.SetUnixFileMode(Output, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Refused(Output, $"{Output}: nothing can be written there. ");
        foreach (var folder in new[] { Output, Path.Combine(Output, "pretrained") })
        {
            File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Fact]
    public void A_name_that_no_folder_can_have_is_refused_at_once() =>
        Refused(Path.Combine(Output, new string('a', 300), "below"), "nothing can be written there. ");

    [Fact]
    public void A_link_that_leads_nowhere_is_refused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need privileges");
        File.CreateSymbolicLink(Output, Path.Combine(_folder.FullName, "gone"));
        Refused(Output, "is a link that leads nowhere. Give another --out.");
    }

    [Fact]
    public void Looking_leaves_nothing_behind_and_keeps_what_is_there()
    {
        OutputFolder.EnsureWritable(Path.Combine(Output, "a", "b"), "results.csv", "pretrained/");
        Tree.Of(_folder.FullName).Should().BeEmpty();

        Directory.CreateDirectory(Path.Combine(Output, "pretrained"));
        File.WriteAllText(Path.Combine(Output, "results.csv"), "kept");
        var before = Tree.Of(_folder.FullName);
        OutputFolder.EnsureWritable(Output, "results.csv", "pretrained/");
        Tree.Of(_folder.FullName).Should().Equal(before);
    }

    private void Refused(string path, string message, params string[] outputs)
    {
        var before = Tree.Of(_folder.FullName);
        FluentActions.Invoking(() => OutputFolder.EnsureWritable(path, outputs)).Should().Throw<CommandException>().Which.Message.Should().Contain(message);
        Tree.Of(_folder.FullName).Should().Equal(before);
    }
}
