using FluentAssertions;
using PaperCurves.Sweeps;
using Xunit;

namespace PaperCurves.Tests.Sweeps;

/// <summary>A sweep file comes from anywhere, and its names become names of files: none of them leads out of the output folder.</summary>
public sealed class SweepEscapeTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("papercurves-escape-");

    public static TheoryData<string> Names =>
    [
        "../x", "..", ".", "/etc/x", "a/b", "a\\b", "..\\x", "C:x", "C:\\x", "x\0y", "x.", "x ", " x", "x\ny", "a:b", "a*", "a?", "a|b", "<a>", "\"a\"", "~", "%2e%2e", "é", "A", "-x", "_x",
        "", new string('x', 41), "\u202ex", "．．",
    ];

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [MemberData(nameof(Names))]
    public void A_name_that_could_lead_elsewhere_is_refused_with_its_line(string name)
    {
        foreach (var line in (string[])["name: sample", "  iid-zap:", "  head:"])
        {
            var (indent, key) = (line[..^line.TrimStart().Length], line.TrimStart());
            var quoted = Quoted(name);
            var yaml = SweepSample.Yaml.Replace(line, key == "name: sample" ? $"name: {quoted}" : $"{indent}{quoted}:", StringComparison.Ordinal);
            yaml.Should().NotBe(SweepSample.Yaml);

            FluentActions.Invoking(() => SweepFile.Parse(yaml, SweepSample.File))
                .Should().Throw<SweepException>().WithMessage($"sample.yaml:*{YamlValue.SafeNames}*").And.Message.Should().NotContainAny("\n", "\0");
        }
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("../../x")]
    [InlineData("/tmp/zapping-escape")]
    [InlineData("iid-s1/../../../x")]
    [InlineData("iid-s1//x")]
    [InlineData("iid-s1/.")]
    [InlineData("..")]
    [InlineData("")]
    [InlineData("x\0y")]
    [InlineData("a\\..\\x")]
    [InlineData("iid-s1/x.")]
    [InlineData("a:b")]
    public void A_store_writes_nothing_outside_its_folder_whatever_a_cell_is_called(string id)
    {
        var store = new CellStore(Path.Combine(_folder.FullName, "out"));
        var cell = SweepSample.Cells.Transfers[0] with { Id = id };
        var network = SweepSample.Cells.Networks[0] with { Id = id };

        FluentActions.Invoking(() => store.SaveFailure(id, new TimeoutException())).Should().Throw<SweepException>().WithMessage("*is no name of a cell*");
        FluentActions.Invoking(() => store.FindFailure(id)).Should().Throw<SweepException>();
        FluentActions.Invoking(() => store.Claim(id)).Should().Throw<SweepException>();
        FluentActions.Invoking(() => store.IsTaken(id)).Should().Throw<SweepException>();
        FluentActions.Invoking(() => store.Save(cell, FakeCellExecutor.Result(cell))).Should().Throw<SweepException>();
        FluentActions.Invoking(() => store.NetworkFolder(network)).Should().Throw<SweepException>();

        _folder.EnumerateFileSystemInfos().Should().BeEmpty();
    }

    [Fact]
    public void Ids_that_sweeps_make_are_names()
    {
        var store = new CellStore(_folder.FullName);
        foreach (var id in SweepSample.Cells.Networks.Select(cell => cell.Id).Concat(SweepSample.Cells.Transfers.Select(cell => cell.Id)))
        {
            store.SaveFailure(id, new TimeoutException());
            store.FindFailure(id).Should().Contain(nameof(TimeoutException));
        }
    }

    // YAML's double quotes, which have an escape for everything.
    private static string Quoted(string name) => $"\"{string.Concat(name.Select(letter => $"\\u{(int)letter:x4}"))}\"";
}
