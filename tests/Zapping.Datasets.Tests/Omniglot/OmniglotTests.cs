using FluentAssertions;
using Xunit;

namespace Zapping.Datasets.Tests;

public sealed class OmniglotTests : IDisposable
{
    private readonly FakeOmniglot _fake = new();
    private readonly TemporaryFolder _folder = new();
    private readonly TemporaryFolder _cache = new();

    public void Dispose()
    {
        _folder.Dispose();
        _cache.Dispose();
    }

    [Fact]
    public void Classes_and_drawings_are_sorted_and_shrunk()
    {
        _fake.SaveAsArchives(_folder.Path);

        var data = FakeOmniglot.Load(_folder.Path, _cache.Path);

        data.Name.Should().Be("Omniglot");
        data.Source.Should().Be(_folder.Path);
        data.Training.ClassNames.Should().Equal(FakeOmniglot.TrainingClasses);
        data.Transfer.ClassNames.Should().Equal(FakeOmniglot.TransferClasses);
        (data.Training.Count, data.Training.Size, data.Training.ImagesPerClass).Should().Be((60, 28, 20));
        for (var image = 0; image < 60; image++)
        {
            // The fake numbers its drawings backwards.
            data.Training.Image(image / 20, image % 20).ToArray().Should().Equal(Shrunk(59 - image));
        }

        data.Transfer.Image(0, 0).ToArray().Should().Equal(Shrunk(99));
    }

    [Fact]
    public void Folders_and_archives_give_the_same()
    {
        using var archives = new TemporaryFolder();
        _fake.SaveAsFolders(_folder.Path);
        _fake.SaveAsArchives(archives.Path);

        var fromFolders = FakeOmniglot.Load(_folder.Path, _cache.Path);
        var fromArchives = FakeOmniglot.Load(archives.Path, _cache.Path);

        FakeOmniglot.ShouldBeSame(fromFolders, fromArchives);
    }

    [Fact]
    public void What_file_managers_leave_behind_is_passed_over()
    {
        _fake.Files["images_background/.DS_Store"] = [1];
        _fake.Files["images_background/Runes/Thumbs.db"] = [1];
        _fake.SaveAsFolders(_folder.Path);

        FakeOmniglot.Load(_folder.Path, _cache.Path).Training.ClassCount.Should().Be(3);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(84)]
    [InlineData(256)]
    public void Any_size_up_to_256(int size)
    {
        _fake.SaveAsArchives(_folder.Path);
        FakeOmniglot.Load(_folder.Path, _cache.Path, size).Training.Pixels.Should().HaveCount(60 * size * size);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(257)]
    public void No_other_size(int size) =>
        FluentActions.Invoking(() => Omniglot.Load(_folder.Path, size))
            .Should().Throw<ArgumentOutOfRangeException>();

    [Fact]
    public void Present_means_both_halves()
    {
        Omniglot.IsPresent(_folder.Path).Should().BeFalse();
        File.WriteAllBytes(_folder["images_background.zip"], []);
        Omniglot.IsPresent(_folder.Path).Should().BeFalse();
        Directory.CreateDirectory(_folder["images_evaluation"]);
        Omniglot.IsPresent(_folder.Path).Should().BeTrue();
        Omniglot.IsPresent(_folder["nowhere"]).Should().BeFalse();
    }

    [Fact]
    public void Progress_rises_to_one()
    {
        _fake.SaveAsArchives(_folder.Path);
        var reports = new Reports();

        FakeOmniglot.Load(_folder.Path, _cache.Path, progress: reports);

        reports.Values.Should().BeInAscendingOrder().And.HaveCountGreaterThan(50);
        reports.Values[0].Should().BeLessThan(0.1);
        reports.Values[^1].Should().Be(1.0);
    }

    [Fact]
    public void Cancelling_leaves_nothing_behind()
    {
        _fake.SaveAsArchives(_folder.Path);
        using var cancellation = new CancellationTokenSource();
        var reports = new Reports(share =>
        {
            if (share > 0.3)
            {
                cancellation.Cancel();
            }
        });

        FluentActions.Invoking(() => FakeOmniglot.Load(
                _folder.Path, _cache.Path, progress: reports, cancellation: cancellation.Token))
            .Should().Throw<OperationCanceledException>();

        _cache.Files.Should().BeEmpty();
    }

    private static byte[] Shrunk(int number)
    {
        var drawing = new byte[105 * 105];
        FakeOmniglot.Draw(number, 105, drawing);
        var small = new byte[28 * 28];
        new PillowLanczos(105, 28).Resize(drawing, small);
        return small;
    }
}
