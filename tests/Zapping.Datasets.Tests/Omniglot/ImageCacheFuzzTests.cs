using CsCheck;
using FluentAssertions;
using Xunit;
using Zapping.Training.Tests.Shared;

namespace Zapping.Datasets.Tests;

/// <summary>A cache that is not byte for byte what was written is never believed, and rebuilt where there is something to build it from.</summary>
public sealed class ImageCacheFuzzTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Believed_only_as_written() => Gen.Select(Set(), Set(), Damage.Bytes, Gen.Byte.Array[32], Gen.Bool).Sample(
        (training, transfer, damage, key, isDamaged) =>
        {
            var path = _folder["some.images"];
            new ImageCache(path, key).TryWrite(training, transfer, CancellationToken.None).Should().BeTrue();
            _folder.Files.Should().Equal("some.images");
            var sound = File.ReadAllBytes(path);
            var bytes = isDamaged ? damage(sound) : sound;
            File.WriteAllBytes(path, bytes);

            var read = new ImageCache(path, key).TryRead();

            (read is not null).Should().Be(bytes.AsSpan().SequenceEqual(sound));
            if (read is { } sets)
            {
                FakeOmniglot.ShouldBeSame(sets.Training, training);
                FakeOmniglot.ShouldBeSame(sets.Transfer, transfer);
            }

            new ImageCache(path, [.. key.Select(value => (byte)~value)]).TryRead().Should().BeNull("it was made from something else");
        },
        iter: Fuzz.Iterations(500),
        threads: 1);

    [Fact]
    public void Rebuilt_as_if_it_had_not_been_there()
    {
        using var cache = new TemporaryFolder();
        new FakeOmniglot().SaveAsArchives(_folder.Path);
        var expected = FakeOmniglot.Load(_folder.Path, cache.Path, size: 5);
        var file = cache[cache.Files.Single()];
        var sound = File.ReadAllBytes(file);
        Damage.Bytes.Sample(
            damage =>
            {
                File.WriteAllBytes(file, damage(sound));
                FakeOmniglot.ShouldBeSame(FakeOmniglot.Load(_folder.Path, cache.Path, size: 5), expected);
                File.ReadAllBytes(file).AsSpan().SequenceEqual(sound).Should().BeTrue("the cache should be whole again");
                cache.Files.Should().HaveCount(1);
            },
            iter: Fuzz.Iterations(40),
            threads: 1);
    }

    private static Gen<ImageSet> Set() =>
        from drawn in Damage.Names.Array[1, 3]
        let names = drawn.Select(name => $"class {name}").Distinct(StringComparer.Ordinal).ToArray()
        from perClass in Gen.Int[1, 3]
        from size in Gen.Int[1, 4]
        from pixels in Gen.Byte.Array[names.Length * perClass * size * size]
        select new ImageSet(names, perClass, size, pixels);
}
