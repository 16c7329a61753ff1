using CsCheck;
using FluentAssertions;
using Xunit;
using Zapping.Training.Tests.Shared;

namespace Zapping.Datasets.Tests;

/// <summary>Omniglot with anything done to its folders, archives and drawings: data, or one line that names the place.</summary>
public sealed class OmniglotFuzzTests
{
    private static readonly FakeOmniglot Sound = new();

    private static readonly Gen<Action<Dictionary<string, byte[]>>> Change = Gen.Select(
        Gen.Int[0, 5], Gen.Int[0, 99], Damage.Names, Damage.Bytes, (kind, file, name, damage) => new Action<Dictionary<string, byte[]>>(files => Apply(files, kind, file, name, damage)));

    [Fact]
    public void Folders() => Change.Array[0, 2].Sample(changes => Check(Changed(changes), (fake, path) => fake.SaveAsFolders(path)), iter: Fuzz.Iterations(40));

    [Fact]
    public void Archives() => Gen.Select(Change.Array[0, 2], Gen.Int[0, 2], Damage.Bytes).Sample(
        (changes, damaged, damage) => Check(
            Changed(changes),
            (fake, path) =>
            {
                fake.SaveAsArchives(path);
                var archive = Path.Combine(path, FakeOmniglot.Background.Name + ".zip");
                if (damaged > 0)
                {
                    File.WriteAllBytes(archive, damage(File.ReadAllBytes(archive)));
                }
            }),
        iter: Fuzz.Iterations(60));

    [Fact]
    public void Drawings() => Gen.Select(Gen.Int[0, 143], Damage.Bytes.Array[1, 2]).Sample(
        (number, damages) =>
        {
            var png = damages.Aggregate(FakeOmniglot.Png(number), (bytes, damage) => damage(bytes));
            DrawingDecoder.Decode(png, OmniglotHalf.SourceSize, new byte[OmniglotHalf.SourceSize * OmniglotHalf.SourceSize])?.Should().NotContainAny("\n", "\r");
        },
        iter: Fuzz.Iterations(1_000));

    private static FakeOmniglot Changed(Action<Dictionary<string, byte[]>>[] changes)
    {
        var fake = new FakeOmniglot(Sound.Files);
        Array.ForEach(changes, change => change(fake.Files));
        return fake;
    }

    private static void Apply(Dictionary<string, byte[]> files, int kind, int file, string name, Func<byte[], byte[]> damage)
    {
        var old = files.Keys.ElementAt(file % files.Count);
        var (folder, drawing) = (old[..old.LastIndexOf('/')], old[(old.LastIndexOf('/') + 1)..]);
        var content = files[old];
        switch (kind)
        {
            case 0:
                files[old] = damage(content);
                break;
            case 1:
                files.Remove(old);
                break;
            case 2:
                files.Remove(old);
                files[$"{folder}/{name}.png"] = content;
                break;
            case 3:
                files[$"{folder}/{name}/{drawing}"] = content;
                break;
            case 4:
                foreach (var key in files.Keys.Where(key => key.StartsWith(folder + "/", StringComparison.Ordinal)).ToList())
                {
                    files.Remove(key, out var moved);
                    files[$"{folder[..folder.LastIndexOf('/')]}/{name}/{key[(folder.Length + 1)..]}"] = moved!;
                }

                break;
            default:
                files[$"{folder[..folder.IndexOf('/', StringComparison.Ordinal)]}/{name}"] = content;
                break;
        }
    }

    private static void Check(FakeOmniglot fake, Action<FakeOmniglot, string> save)
    {
        using var folder = new TemporaryFolder();
        using var cache = new TemporaryFolder();
        save(fake, folder.Path);
        var data = Damage.Loaded(() => FakeOmniglot.Load(folder.Path, cache.Path, size: 5), named: folder.Path);
        cache.Files.Where(file => file.EndsWith(".images", StringComparison.Ordinal)).Should().HaveCount(data is null ? 0 : 1).And.BeEquivalentTo(cache.Files);
        if (data is not null)
        {
            (data.Training.ClassCount, data.Transfer.ClassCount).Should().Be((3, 2));
            FakeOmniglot.ShouldBeSame(FakeOmniglot.Load(folder.Path, cache.Path, size: 5), data);
        }
    }
}
