using System.IO.Compression;
using FluentAssertions;
using SkiaSharp;
using Xunit;

namespace Zapping.Datasets.Tests;

/// <summary>CIFAR-100 as class folders and as archives of them.</summary>
public sealed class Cifar100Tests : IDisposable
{
    private static readonly Cifar100Extent Extent = new(["apple", "bear", "worm"], TrainingImages: 2, TestImages: 1);

    private readonly TemporaryFolder _folder = new();

    /// <summary>Path to content; backwards, so that whoever does not sort is found out.</summary>
    private readonly Dictionary<string, byte[]> _files = new(StringComparer.Ordinal);

    public Cifar100Tests()
    {
        foreach (var (number, name) in Extent.Classes.Index().Reverse())
        {
            _files[$"train/{name}/2.png"] = Gray((number * 20) + 2);
            _files[$"train/{name}/10.png"] = Gray((number * 20) + 1);
            _files[$"test/{name}/1.png"] = Gray((number * 20) + 3);
        }
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("", "")]
    [InlineData("cifar100", "")]
    [InlineData("data/cifar100", "")]
    [InlineData("cifar100.zip", "")]
    [InlineData("CIFAR-100-dataset-main.zip", "CIFAR-100-dataset-main/")]
    [InlineData("cifar-100.zip", "./")]
    [InlineData("cifar100.zip", "a/b/")]
    public void Images_arrive_class_by_class_wherever_they_lie(string place, string prefix)
    {
        Save(place, prefix);
        CheckAll(Load(_folder.Path));
        CheckAll(Load(_folder[place]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("cifar100.zip")]
    public void Litter_is_passed_over(string place)
    {
        foreach (var name in new[] { ".DS_Store", "train/.DS_Store", "train/apple/Thumbs.db", "__MACOSX/train/apple/._2.png", "__MACOSX/test/apple/._1.png", "test/desktop.ini" })
        {
            _files[name] = [1];
        }

        Save(place, "");
        CheckAll(Load(_folder.Path));
    }

    [Theory]
    [InlineData("")]
    [InlineData("cifar100.zip")]
    public void What_is_wrong_is_named(string place)
    {
        Refused(place, files => files.Remove("train/bear/2.png"), "*bear: 1 images found, 2 expected.*cyizhuo*");
        Refused(place, files => files["train/bear/a.txt"] = [1], "*train/bear/a.txt: not an image of a class*");
        Refused(place, files => files["test/tiger/1.png"] = Gray(1), "*test: 4 class folders found, 3 expected.*");
        Refused(place, files => files["test/bear/1.png"] = files["test/bear/1.png"][..60], "*test/bear/1.png: *");
        Refused(
            place,
            files =>
            {
                files.Remove("test/worm/1.png");
                files["test/viper/1.png"] = Gray(1);
            },
            "*viper: CIFAR-100 has no class of this name.*");
    }

    [Fact]
    public void What_is_not_there_is_refused_with_advice()
    {
        Load("nowhere", "*nowhere: no CIFAR-100 here*");
        File.WriteAllBytes(_folder["cifar100.zip"], [1, 2, 3]);
        Load("", "*cifar100.zip: not a sound zip archive*");
        File.Copy(_folder["cifar100.zip"], _folder["cifar-100.zip"]);
        Load("", "*there are several archives*");

        void Load(string place, string message) => FluentActions.Invoking(() => Cifar100Tests.Load(_folder[place])).Should().Throw<DataException>().WithMessage(message);
    }

    [Fact]
    public void An_archive_of_other_things_is_refused()
    {
        foreach (var name in _files.Keys.Where(name => name.StartsWith("test/", StringComparison.Ordinal)).ToList())
        {
            _files.Remove(name);
        }

        Save("cifar100.zip", "");
        FluentActions.Invoking(() => Load(_folder.Path)).Should().Throw<DataException>().WithMessage("*there are no folders train/ and test/ in it.*");
    }

    [Fact]
    public void Images_of_another_size_are_resized()
    {
        _files["train/apple/2.png"] = FakePhotos.Plain(new SKColor(2, 2, 2), SKEncodedImageFormat.Png, 40, 20);
        Save("", "");
        CheckAll(Load(_folder.Path));
    }

    [Fact]
    public void Superclasses_have_five_classes_each()
    {
        Cifar100.ClassNames.Should().HaveCount(100).And.BeInAscendingOrder(StringComparer.Ordinal);
        Cifar100.SuperclassOf.CountBy(label => label).Should().HaveCount(20).And.OnlyContain(count => count.Value == 5);

        // The first and the last ten of the published labels.
        Cifar100.SuperclassOf.Take(10).Should().Equal(4, 1, 14, 8, 0, 6, 7, 7, 18, 3);
        Cifar100.SuperclassOf.Skip(90).Should().Equal(18, 1, 2, 15, 6, 0, 17, 8, 14, 13);
        Cifar100.SuperclassNames[Cifar100.SuperclassOf[Cifar100.ClassNames.ToList().IndexOf("whale")]].Should().Be("aquatic_mammals");
    }

    [Fact]
    public void The_real_one_is_read_in_full()
    {
        var folder = SharedData.FolderOf("cifar100.zip");
        Assert.SkipWhen(folder is null, "CIFAR-100 is not here: put cifar100.zip into shared/data beside the repository.");

        var data = Cifar100.Load(folder!, cancellationToken: TestContext.Current.CancellationToken);

        (data.Training.Count, data.Test.Count, data.Training.Channels).Should().Be((50_000, 10_000, 3));
        data.Training.ClassNames.Should().Equal(Cifar100.ClassNames);
        var pixels = data.Training.Pixels;
        for (var channel = 0; channel < 3; channel++)
        {
            var (sum, squares) = (0L, 0L);
            for (var image = 0; image < data.Training.Count; image++)
            {
                foreach (var value in data.Training.Image(image).Slice(channel * 32 * 32, 32 * 32))
                {
                    sum += value;
                    squares += value * value;
                }
            }

            var count = pixels.Length / 3.0;
            var mean = sum / count;
            (mean / 255).Should().BeApproximately(Cifar100.Normalization.Mean[channel], 1e-4);
            (Math.Sqrt((squares / count) - (mean * mean)) / 255).Should().BeApproximately(Cifar100.Normalization.Std[channel], 1e-4);
        }
    }

    private static TrainTestData Load(string path) => Cifar100.Load(path, Extent, normalization: null, progress: null, TestContext.Current.CancellationToken);

    private static byte[] Gray(int value) => FakePhotos.Plain(new SKColor((byte)value, (byte)value, (byte)value), SKEncodedImageFormat.Png, 32, 32);

    // "10.png" is before "2.png".
    private static void CheckAll(TrainTestData data)
    {
        data.Training.ClassNames.Should().Equal(Extent.Classes);
        data.Training.Labels.Should().Equal(0, 0, 1, 1, 2, 2);
        Enumerable.Range(0, 6).Select(image => (int)data.Training.Image(image)[0]).Should().Equal(1, 2, 21, 22, 41, 42);
        Enumerable.Range(0, 3).Select(image => (int)data.Test.Image(image)[^1]).Should().Equal(3, 23, 43);
    }

    private void Refused(string place, Action<Dictionary<string, byte[]>> damage, string message)
    {
        var before = _files.ToDictionary(StringComparer.Ordinal);
        damage(_files);
        Save(place, "");
        FluentActions.Invoking(() => Load(_folder.Path)).Should().Throw<DataException>().WithMessage(message);
        foreach (var folder in Directory.EnumerateDirectories(_folder.Path))
        {
            Directory.Delete(folder, recursive: true);
        }

        _files.Clear();
        foreach (var (name, content) in before)
        {
            _files[name] = content;
        }
    }

    private void Save(string place, string prefix)
    {
        if (!place.EndsWith(".zip", StringComparison.Ordinal))
        {
            foreach (var (name, content) in _files)
            {
                var file = Path.Combine(_folder.Path, place, name);
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                File.WriteAllBytes(file, content);
            }

            return;
        }

        using var archive = new ZipArchive(File.Create(_folder[place]), ZipArchiveMode.Create);
        foreach (var (name, content) in _files)
        {
            using var stream = archive.CreateEntry(prefix + name).Open();
            stream.Write(content);
        }
    }
}
