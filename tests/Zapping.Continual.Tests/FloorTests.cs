using System.Runtime.CompilerServices;
using FluentAssertions;
using Xunit;
using Zapping.Training.Tests.Shared;

namespace Zapping.Continual.Tests;

/// <summary>The library's folders are floors: a file names types of its own floor and of those below, never of one above.</summary>
public sealed class FloorTests
{
    // From the bottom up.
    private static readonly string[] Order =
    [
        "Tasks", "Losses", "Memory", "Learners",
        "Learners.Sequential", "Learners.Joint", "Learners.Replay", "Learners.Distilling", "Learners.Regularizing", "Learners.DarkReplay", "Learners.Features",
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
    [InlineData("using Zapping.Continual.Memory;", "Memory")]
    [InlineData("using static Zapping.Continual.Losses.ClassLosses;", "Losses")]
    [InlineData("Memory.ExemplarMemory.Total(1);", "Memory")]
    [InlineData("Phase.Make(name, make);", "Learners")]
    public void What_is_named_is_seen(string line, string floor) => Floors.Named(line, "Learners.Joint").Should().Equal(floor);

    private static FolderFloors Read([CallerFilePath] string here = "") =>
        new(Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "src", "Zapping.Continual")), "Zapping.Continual", Order);
}
