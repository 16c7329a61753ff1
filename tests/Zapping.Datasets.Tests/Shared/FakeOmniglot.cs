using System.IO.Compression;
using FluentAssertions;
using SkiaSharp;
using Xunit;

namespace Zapping.Datasets.Tests;

/// <summary>A data set of five characters in the layout of Omniglot; tests damage it before saving it.</summary>
internal sealed class FakeOmniglot
{
    public static readonly OmniglotHalf Background = new("images_background", 2, 3);
    public static readonly OmniglotHalf Evaluation = new("images_evaluation", 1, 2);

    /// <summary>In ordinal order: upper case before lower case, "character02" before "character10".</summary>
    public static readonly string[] TrainingClasses = ["Runes/character01", "Runes/character02", "letters/character01"];
    public static readonly string[] TransferClasses = ["Signs/character01", "Signs/character02"];

    public FakeOmniglot()
    {
        var ink = 0;
        foreach (var (half, names) in new[] { (Background, TrainingClasses), (Evaluation, TransferClasses) })
        {
            // Backwards, so that whoever does not sort is found out.
            foreach (var name in names.Reverse())
            {
                for (var drawing = OmniglotHalf.DrawingsPerClass; drawing >= 1; drawing--)
                {
                    Files.Add($"{half.Name}/{name}/0001_{drawing:00}.png", Png(ink++));
                }
            }
        }
    }

    /// <summary>Of files that are drawn already.</summary>
    public FakeOmniglot(IReadOnlyDictionary<string, byte[]> files) => Files = new(files, StringComparer.Ordinal);

    /// <summary>Path, as in the archive, to content.</summary>
    public Dictionary<string, byte[]> Files { get; } = new(StringComparer.Ordinal);

    public void SaveAsFolders(string path)
    {
        foreach (var (name, content) in Files)
        {
            var file = Path.Combine(path, name);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllBytes(file, content);
        }
    }

    public void SaveAsArchives(string path)
    {
        foreach (var half in new[] { Background, Evaluation })
        {
            File.WriteAllBytes(Path.Combine(path, half.Name + ".zip"), Archive(half));
        }
    }

    public byte[] Archive(OmniglotHalf half)
    {
        using var memory = new MemoryStream();
        using (var archive = new ZipArchive(memory, ZipArchiveMode.Create))
        {
            archive.CreateEntry(half.Name + "/");
            var files = Files.Where(file => file.Key.StartsWith(half.Name, StringComparison.Ordinal));
            foreach (var (name, content) in files)
            {
                using var stream = archive.CreateEntry(name).Open();
                stream.Write(content);
            }
        }

        return memory.ToArray();
    }

    public static ClassificationData Load(
        string path, string cacheFolder, int size = 28, IProgress<double>? progress = null,
        CancellationToken? cancellation = null) =>
        Omniglot.Load(
            path, Background, Evaluation, size, cacheFolder, progress,
            cancellation ?? TestContext.Current.CancellationToken);

    /// <summary>Whether both hold the same; comparing every byte by itself would take the tests seconds.</summary>
    public static void ShouldBeSame(ClassificationData actual, ClassificationData expected)
    {
        ShouldBeSame(actual.Training, expected.Training);
        ShouldBeSame(actual.Transfer, expected.Transfer);
    }

    public static void ShouldBeSame(ImageSet actual, ImageSet expected)
    {
        actual.ClassNames.Should().Equal(expected.ClassNames);
        (actual.ImagesPerClass, actual.Size).Should().Be((expected.ImagesPerClass, expected.Size));
        actual.Pixels.AsSpan().SequenceEqual(expected.Pixels).Should().BeTrue("the pixels should be the same");
    }

    /// <summary>White with a black square whose place tells the number (0..143).</summary>
    public static byte[] Png(int number, int size = OmniglotHalf.SourceSize)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(size, size, SKColorType.Gray8, SKAlphaType.Opaque));
        Draw(number, size, bitmap.GetPixelSpan());
        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }

    public static void Draw(int number, int size, Span<byte> pixels)
    {
        pixels.Fill(byte.MaxValue);
        for (var y = 0; y < 8; y++)
        {
            pixels.Slice((((number / 12 * 8) + y) * size) + (number % 12 * 8), 8).Clear();
        }
    }
}
