using CsCheck;
using FluentAssertions;
using Xunit;

namespace Zapping.Datasets.Tests;

public sealed class ImageCacheTests : IDisposable
{
    private static readonly byte[] s_key = [.. Enumerable.Range(0, 32).Select(value => (byte)value)];

    private static readonly Gen<ImageSet> s_set =
        from classes in Gen.Int[1, 4]
        from perClass in Gen.Int[1, 3]
        from size in Gen.Int[1, 5]
        from pixels in Gen.Byte.Array[classes * perClass * size * size]
        select new ImageSet([.. Enumerable.Range(0, classes).Select(id => $"Ж/{id}")], perClass, size, pixels);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_was_written_is_read() => Gen.Select(s_set, s_set).Sample(
        (training, transfer) =>
        {
            using var folder = new TemporaryFolder();
            var cache = new ImageCache(folder["deep/down/a.images"], s_key);
            cache.TryRead().Should().BeNull();
            cache.TryWrite(training, transfer, CancellationToken.None).Should().BeTrue();
            ShouldBe(cache.TryRead(), training, transfer);
            folder.Files.Should().Equal("deep/down/a.images");
        },
        iter: 30);

    [Fact]
    public void A_file_cut_off_anywhere_is_not_read()
    {
        var (file, bytes) = WriteOne();
        for (var length = 0; length < bytes.Length; length++)
        {
            File.WriteAllBytes(file, bytes[..length]);
            new ImageCache(file, s_key).TryRead().Should().BeNull($"only {length} bytes are there");
        }
    }

    [Fact]
    public void A_file_with_one_wrong_byte_anywhere_is_not_read()
    {
        var (file, bytes) = WriteOne();
        for (var position = 0; position < bytes.Length; position++)
        {
            bytes[position] ^= 0x40;
            File.WriteAllBytes(file, bytes);
            new ImageCache(file, s_key).TryRead().Should().BeNull($"byte {position} is wrong");
            bytes[position] ^= 0x40;
        }
    }

    [Fact]
    public void A_longer_file_or_another_key_is_not_read()
    {
        var (file, bytes) = WriteOne();
        new ImageCache(file, [.. s_key.Reverse()]).TryRead().Should().BeNull();
        File.WriteAllBytes(file, [.. bytes, 0]);
        new ImageCache(file, s_key).TryRead().Should().BeNull();
    }

    [Fact]
    public void An_unusable_place_is_done_without()
    {
        File.WriteAllText(_folder["file"], "not a folder");
        var cache = new ImageCache(_folder["file/a.images"], s_key);

        cache.TryRead().Should().BeNull();
        cache.TryWrite(Set(1), Set(2), CancellationToken.None).Should().BeFalse();
    }

    [Fact]
    public void A_cancelled_write_leaves_the_old_file_alone()
    {
        var (file, _) = WriteOne();
        var canceled = new CancellationToken(canceled: true);

        FluentActions.Invoking(() => new ImageCache(file, s_key).TryWrite(Set(8), Set(9), canceled))
            .Should().Throw<OperationCanceledException>();

        ShouldBe(new ImageCache(file, s_key).TryRead(), Set(1), Set(2));
        _folder.Files.Should().Equal("a.images");
    }

    [Fact]
    public void What_a_killed_process_left_is_swept_away_after_a_day()
    {
        File.WriteAllText(_folder["a.images.old.tmp"], "half");
        File.WriteAllText(_folder["a.images.new.tmp"], "being written by another process");
        File.SetLastWriteTimeUtc(_folder["a.images.old.tmp"], DateTime.UtcNow.AddDays(-2));

        WriteOne();

        _folder.Files.Should().BeEquivalentTo("a.images", "a.images.new.tmp");
    }

    [Fact]
    public void Many_writers_and_readers_never_meet_half_a_file()
    {
        var file = _folder["a.images"];
        Parallel.For(0, 40, i =>
        {
            new ImageCache(file, s_key).TryWrite(Set(1), Set(2), CancellationToken.None).Should().BeTrue();
            ShouldBe(new ImageCache(file, s_key).TryRead(), Set(1), Set(2));
        });
        _folder.Files.Should().Equal("a.images");
    }

    [Fact]
    public void Images_in_color_are_refused_rather_than_flattened()
    {
        var color = new ImageSet(["a"], 1, 1, new byte[3], channels: 3);
        FluentActions.Invoking(() => new ImageCache(_folder["a.images"], s_key).TryWrite(color, color, CancellationToken.None))
            .Should().Throw<ArgumentException>();
        _folder.Files.Should().BeEmpty();
    }

    private (string File, byte[] Bytes) WriteOne()
    {
        var file = _folder["a.images"];
        new ImageCache(file, s_key).TryWrite(Set(1), Set(2), CancellationToken.None).Should().BeTrue();
        return (file, File.ReadAllBytes(file));
    }

    private static ImageSet Set(byte gray) => new(["one", "two"], 2, 3, [.. Enumerable.Repeat(gray, 36)]);

    private static void ShouldBe((ImageSet Training, ImageSet Transfer)? read, ImageSet training, ImageSet transfer)
    {
        read.Should().NotBeNull();
        FakeOmniglot.ShouldBeSame(read!.Value.Training, training);
        FakeOmniglot.ShouldBeSame(read.Value.Transfer, transfer);
    }
}
