using System.Runtime.CompilerServices;
using FluentAssertions;
using Xunit;
using Zapping.Training.Tests.Shared;

namespace PaperCurves.Tests;

/// <summary>The app's folders are floors: a file names types of its own floor and of those below, never of one above.</summary>
public sealed class FloorTests
{
    // From the bottom up; "" is the entry point.
    private static readonly string[] Order =
    [
        "Files", "Progress", "Pretraining", "Sweeps", "Sweeps.Packed", "Runs",
        "Report.Text", "Report.Published", "Report.Charts", "Report.Data", "Report.Claims", "Report.Figures", "Report.Page", "Report.Live", "Report",
        "Commands", "",
    ];

    private static readonly FolderFloors Floors = Read();

    [Fact]
    public void Every_folder_is_a_floor_and_a_namespace()
    {
        Floors.Found.Should().BeEquivalentTo(Order);
        Floors.OfOtherNamespaces.Should().BeEmpty();
    }

    [Fact]
    public void No_file_names_a_type_of_a_higher_floor() => Floors.Upward.Should().BeEmpty();

    [Theory]
    [InlineData("using PaperCurves.Report.Page;", "Report.Page")]
    [InlineData("using static PaperCurves.Commands.App;", "Commands")]
    [InlineData("var table = Page.Table.Of(1);", "Report.Page")]
    [InlineData("var input = SweepReport.InputOf(1);", "Report")]
    public void What_is_named_is_seen(string line, string floor) => Floors.Named(line, "Report.Charts").Should().Equal(floor);

    private static FolderFloors Read([CallerFilePath] string here = "") =>
        new(Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "samples", "PaperCurves")), "PaperCurves", Order);
}
