using FluentAssertions;
using Xunit;

namespace Zapping.Datasets.Tests;

public sealed class OmniglotCacheTests : IDisposable
{
    private readonly FakeOmniglot _fake = new();
    private readonly TemporaryFolder _folder = new();
    private readonly TemporaryFolder _cache = new();

    public void Dispose()
    {
        _folder.Dispose();
        _cache.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_second_start_decodes_nothing_and_sees_the_same(bool archives)
    {
        Save(archives);
        var first = FakeOmniglot.Load(_folder.Path, _cache.Path);
        var reports = new Reports();

        var second = FakeOmniglot.Load(_folder.Path + Path.DirectorySeparatorChar, _cache.Path, progress: reports);

        reports.Values.Should().Equal(1.0);
        FakeOmniglot.ShouldBeSame(second, first);
        _cache.Files.Should().ContainSingle().Which.Should().StartWith("omniglot-28-");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Another_data_set_in_the_same_place_takes_its_place(bool archives)
    {
        Save(archives);
        FakeOmniglot.Load(_folder.Path, _cache.Path);
        const string Name = "images_background/Runes/character01/0001_01.png";
        _fake.Files[Name] = FakeOmniglot.Png(140);
        Save(archives);

        var data = FakeOmniglot.Load(_folder.Path, _cache.Path);

        FakeOmniglot.ShouldBeSame(data, FakeOmniglot.Load(_folder.Path, _cache["other"]));
        _cache.Files.Should().HaveCount(2, "the old file is replaced, not kept beside the new");
    }

    [Fact]
    public void Every_size_has_a_file_of_its_own()
    {
        Save(archives: true);
        FakeOmniglot.Load(_folder.Path, _cache.Path, 28).Training.Size.Should().Be(28);
        FakeOmniglot.Load(_folder.Path, _cache.Path, 20).Training.Size.Should().Be(20);
        FakeOmniglot.Load(_folder.Path, _cache.Path, 28).Training.Size.Should().Be(28);
        _cache.Files.Should().HaveCount(2);
    }

    [Fact]
    public void A_damaged_cache_is_rebuilt_without_a_word()
    {
        Save(archives: true);
        var expected = FakeOmniglot.Load(_folder.Path, _cache.Path);
        var file = _cache[_cache.Files.Single()];
        var sound = File.ReadAllBytes(file);
        foreach (var damaged in new[] { [], sound[..(sound.Length / 2)], [.. sound[..^1], (byte)(sound[^1] ^ 1)] })
        {
            File.WriteAllBytes(file, damaged);
            FakeOmniglot.ShouldBeSame(FakeOmniglot.Load(_folder.Path, _cache.Path), expected);
            File.ReadAllBytes(file).Should().Equal(sound);
        }
    }

    [Fact]
    public void Without_a_usable_cache_folder_it_still_loads()
    {
        Save(archives: true);
        File.WriteAllText(_cache["file"], "not a folder");
        FakeOmniglot.Load(_folder.Path, _cache["file"]).Training.ClassCount.Should().Be(3);
    }

    private void Save(bool archives)
    {
        if (archives)
        {
            _fake.SaveAsArchives(_folder.Path);
        }
        else
        {
            _fake.SaveAsFolders(_folder.Path);
        }
    }
}
