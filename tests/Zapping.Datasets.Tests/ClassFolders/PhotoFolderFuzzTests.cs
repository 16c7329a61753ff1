using System.Text.Json;
using CsCheck;
using FluentAssertions;
using SkiaSharp;
using Xunit;
using Zapping.Training.Tests.Shared;

namespace Zapping.Datasets.Tests;

/// <summary>mini-ImageNet and OmnImage with anything done to folders, images and lists: data, or one line that names the place.</summary>
public sealed class PhotoFolderFuzzTests
{
    private static readonly byte[][] Photos =
    [
        FakePhotos.Plain(FakePhotos.Red, SKEncodedImageFormat.Png, 9, 7), FakePhotos.Plain(FakePhotos.Red, SKEncodedImageFormat.Jpeg, 9, 7),
        FakePhotos.Plain(new(1, 2, 3, 4), SKEncodedImageFormat.Png, 1, 1), FakePhotos.Plain(FakePhotos.Red, SKEncodedImageFormat.Webp, 9, 7),
    ];

    private static readonly Gen<Action<string, string[]>> Change = Gen.Select(
        Gen.Int[0, 5], Gen.Int[0, 5], Damage.Names, Damage.Bytes, (kind, place, name, damage) => new Action<string, string[]>((root, classes) => Apply(root, classes, kind, place, name, damage)));

    // Lines of a list of test classes, and what they name.
    private static readonly Gen<string[]> Lines = Gen.OneOf([.. new[] { "Z", "a", "b", "c", "d10", "d9", " a ", "", "  ", "#a", "A", "d1", "a,b", "\0", "\u00a0b", "[" }.Select(Gen.Const)]).Array[0, 4];

    [Fact]
    public void Mini_image_net() => Change.Array[0, 2].Sample(
        changes =>
        {
            using var folder = new TemporaryFolder();
            string[] classes = [.. FakePhotos.TrainingClasses.Select(name => $"train/{name}"), .. FakePhotos.TransferClasses.Select(name => $"test/{name}")];
            Save(folder, classes, 4, changes);
            var data = Damage.Loaded(() => MiniImageNet.Load(folder.Path, FakePhotos.Mini with { Size = 4 }), named: folder.Path);
            data?.Training.Pixels.Should().HaveCount(3 * 4 * 3 * 16);
            data?.Transfer.ClassNames.Should().BeInAscendingOrder(StringComparer.Ordinal);
        },
        iter: Fuzz.Iterations(60));

    [Fact]
    public void Omn_image() => Gen.Select(Change.Array[0, 2], Lines).Sample(
        (changes, lines) =>
        {
            using var folder = new TemporaryFolder();
            Save(folder, FakePhotos.OmniClasses, 3, changes);
            File.WriteAllLines(folder["list.txt"], lines);
            var options = FakePhotos.Omni with { Size = 4, TestClassesFile = folder["list.txt"] };
            var data = Damage.Loaded(() => OmnImage.Load(folder.Path, options), named: folder.Path);
            data?.Transfer.ClassNames.Should().BeEquivalentTo(Named(lines));
        },
        iter: Fuzz.Iterations(60));

    [Fact]
    public void Lists() => Gen.Select(Lines, Gen.Int[0, 3], Damage.Bytes, Gen.Int[0, 3]).Sample(
        (lines, form, damage, damaged) =>
        {
            using var folder = new TemporaryFolder();
            var path = folder["list.txt"];
            File.WriteAllText(path, form switch
            {
                0 => string.Join('\n', lines),
                1 => string.Join("\r\n", lines) + "\r\n",
                2 => "\ufeff" + string.Join('\n', lines),
                _ => JsonSerializer.Serialize(lines),
            });
            if (damaged == 0)
            {
                File.WriteAllBytes(path, damage(File.ReadAllBytes(path)));
            }

            var names = form == 3 ? lines : Named(lines);
            var isSound = names.Length == 2 && names.Distinct(StringComparer.Ordinal).Count() == 2 && names.All(name => FakePhotos.OmniClasses.Contains(name, StringComparer.Ordinal))
                && !(form < 3 && lines.FirstOrDefault(line => line.Trim().Length > 0)?.Trim() == "[");
            var chosen = Damage.Loaded(() => Read(path), named: path);
            if (damaged != 0)
            {
                (chosen is not null).Should().Be(isSound);
                chosen?.Select(position => FakePhotos.OmniClasses[position]).Should().BeEquivalentTo(names);
            }

            // What the user sees has the advice, and is made one line there.
            static HashSet<int> Read(string path)
            {
                try
                {
                    return ClassSplit.Read(path, 2, FakePhotos.OmniClasses);
                }
                catch (DataException failure)
                {
                    throw failure.With("Advice.");
                }
            }
        },
        iter: Fuzz.Iterations(400));

    [Fact]
    public void Photos_of_any_bytes() => Gen.Select(Gen.Int[0, Photos.Length - 1], Damage.Bytes.Array[0, 2]).Sample(
        (photo, damages) =>
        {
            var file = damages.Aggregate(Photos[photo], (bytes, damage) => damage(bytes));
            new PhotoDecoder(4).Decode(file, new byte[3 * 16])?.Should().NotContainAny("\n", "\r");
        },
        iter: Fuzz.Iterations(400));

    private static string[] Named(string[] lines) => [.. lines.Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#')];

    private static void Save(TemporaryFolder folder, string[] classes, int count, Action<string, string[]>[] changes)
    {
        foreach (var name in classes)
        {
            Directory.CreateDirectory(folder[name]);
            for (var image = 0; image < count; image++)
            {
                File.WriteAllBytes(Path.Combine(folder[name], image == 0 ? "0.png" : $"{image}.jpg"), Photos[image % 3]);
            }
        }

        Array.ForEach(changes, change => change(folder.Path, classes));
    }

    private static void Apply(string root, string[] classes, int kind, int place, string name, Func<byte[], byte[]> damage)
    {
        var one = Path.Combine(root, classes[place % classes.Length]);
        var image = Path.Combine(one, "1.jpg");
        switch (kind)
        {
            case 0:
                Write(image, damage(Photos[place % Photos.Length]));
                break;
            case 1 when File.Exists(image):
                File.Delete(image);
                break;
            case 2:
                Write(Path.Combine(one, $"{name}.png"), Photos[0]);
                break;
            case 3:
                Directory.CreateDirectory(Path.Combine(one, name));
                break;
            case 4 when Directory.Exists(one) && !Path.Exists(Path.Combine(Path.GetDirectoryName(one)!, name)):
                Directory.Move(one, Path.Combine(Path.GetDirectoryName(one)!, name));
                break;
            default:
                Write(Path.Combine(root, $"{name}.txt"), damage(Photos[0]));
                break;
        }
    }

    // Where an earlier change has left something of the name or nothing above it, there is nothing to do.
    private static void Write(string path, byte[] content)
    {
        if (Directory.Exists(Path.GetDirectoryName(path)) && !Directory.Exists(path))
        {
            File.WriteAllBytes(path, content);
        }
    }
}
