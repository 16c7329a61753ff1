using FluentAssertions;
using SkiaSharp;
using Xunit;
using static TorchSharp.torch;

namespace Zapping.Datasets.Tests;

public sealed class MiniImageNetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public MiniImageNetTests() => FakePhotos.SaveMini(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Classes_and_images_are_sorted()
    {
        Directory.CreateDirectory(_folder["val/n99"]);

        var data = MiniImageNet.Load(_folder.Path, FakePhotos.Mini);

        (data.Name, data.Source).Should().Be(("mini-ImageNet", _folder.Path));
        (data.Channels, data.Size).Should().Be((3, 84));
        data.Normalization.Should().BeSameAs(MiniImageNet.Normalization);
        data.Training.ClassNames.Should().Equal(FakePhotos.TrainingClasses);
        data.Transfer.ClassNames.Should().Equal(FakePhotos.TransferClasses);
        foreach (var (set, first) in new[] { (data.Training, 0), (data.Transfer, 3) })
        {
            set.ImagesPerClass.Should().Be(4);
            for (var image = 0; image < set.Count; image++)
            {
                var gray = FakePhotos.Gray(first + (image / 4), image % 4);
                set.Image(image / 4, image % 4).IndexOfAnyExcept(gray).Should().Be(-1, $"image {image} is {gray} all over");
            }
        }
    }

    [Fact]
    public void What_the_network_reads_is_normalized()
    {
        File.WriteAllBytes(_folder["test/n5/i1.png"], FakePhotos.Plain(FakePhotos.Red, SKEncodedImageFormat.Png));
        var data = MiniImageNet.Load(_folder.Path, FakePhotos.Mini);
        using var scope = NewDisposeScope();

        var (inputs, labels) = Images.ToTensors(data.Transfer, [1, 0], [[1], [2, 3]], CPU);

        inputs.shape.Should().Equal(3, 3, 84, 84);
        labels.data<long>().ToArray().Should().Equal(0, 1, 1);
        float[] mean = [0.485f, 0.456f, 0.406f];
        float[] std = [0.229f, 0.224f, 0.225f];
        var gray = FakePhotos.Gray(3, 3);
        for (var channel = 0; channel < 3; channel++)
        {
            Only(inputs[0, channel]).Should().Be(((channel == 0 ? 1f : 0f) - mean[channel]) / std[channel]);
            Only(inputs[2, channel]).Should().Be(((gray / 255f) - mean[channel]) / std[channel]);
        }
    }

    [Fact]
    public void The_published_extent_is_the_default()
    {
        var options = new MiniImageNetOptions();
        (options.TrainingClasses, options.TransferClasses, options.ImagesPerClass, options.Size).Should().Be((64, 20, 600, 84));
        FluentActions.Invoking(() => MiniImageNet.Load(_folder.Path))
            .Should().Throw<DataException>().WithMessage("*train: 3 class folders found, 64 expected.*");
    }

    [Fact]
    public void Another_size_is_made_on_request() =>
        MiniImageNet.Load(_folder.Path, FakePhotos.Mini with { Size = 10 }).Training.Pixels
            .Should().HaveCount(3 * 4 * 3 * 100);

    [Fact]
    public void Options_are_checked()
    {
        foreach (var make in new Func<MiniImageNetOptions>[]
        {
            () => new() { TrainingClasses = 0 },
            () => new() { TransferClasses = 0 },
            () => new() { ImagesPerClass = 0 },
            () => new() { Size = 0 },
            () => new() { Size = 257 },
        })
        {
            make.Should().Throw<ArgumentOutOfRangeException>();
        }
    }

    [Fact]
    public void Progress_rises_to_one()
    {
        var reports = new Reports();
        MiniImageNet.Load(_folder.Path, FakePhotos.Mini, reports);
        reports.Values.Should().BeInAscendingOrder().And.HaveCountGreaterThan(15);
        reports.Values[^1].Should().Be(1.0);
    }

    [Fact]
    public void It_can_be_canceled()
    {
        using var cancellation = new CancellationTokenSource();
        var reports = new Reports(_ => cancellation.Cancel());
        FluentActions.Invoking(() => MiniImageNet.Load(_folder.Path, FakePhotos.Mini, reports, cancellation.Token))
            .Should().Throw<OperationCanceledException>();
        reports.Values[^1].Should().BeLessThan(1.0);
    }

    [Fact]
    public void A_missing_folder()
    {
        Directory.Delete(_folder["test"], recursive: true);
        Expect("*test: no such folder. *");
    }

    [Fact]
    public void A_path_that_is_nowhere_or_a_file()
    {
        Expect("*train: no such folder. *", _folder["nowhere"]);
        Expect("*train: no such folder. *", _folder["test/n5/i1.png"]);
    }

    [Fact]
    public void No_class_folders()
    {
        Directory.Delete(_folder["train"], recursive: true);
        Directory.CreateDirectory(_folder["train"]);
        Expect("*train: 0 class folders found, 3 expected. *");
    }

    [Fact]
    public void A_missing_class()
    {
        Directory.Delete(_folder["train/n2"], recursive: true);
        Expect("*train: 2 class folders found, 3 expected. *");
    }

    [Fact]
    public void A_class_whose_name_is_blank()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such names.");
        Directory.Move(_folder["train/n2"], _folder["train/ "]);
        Expect("*train: the name of a class folder is blank. *");
    }

    [Fact]
    public void A_class_with_too_few_images()
    {
        File.Delete(_folder["test/n5/i1.png"]);
        Expect("*n5: 3 images found, 4 expected. *");
    }

    [Fact]
    public void A_class_with_too_many_images()
    {
        File.Copy(_folder["test/n5/i1.png"], _folder["test/n5/i4.png"]);
        Expect("*n5: 5 images found, 4 expected. *");
    }

    [Fact]
    public void An_empty_class()
    {
        Directory.Delete(_folder["train/n2"], recursive: true);
        Directory.CreateDirectory(_folder["train/n2"]);
        Expect("*n2: 0 images found, 4 expected. *");
    }

    [Fact]
    public void A_class_on_both_sides()
    {
        Directory.Move(_folder["test/n5"], _folder["test/n2"]);
        Expect("*class n2 is in train/ and in test/. *");
    }

    [Theory]
    [InlineData("train/n2/notes.txt")]
    [InlineData("train/n2/more/i5.png")]
    public void A_file_that_does_not_belong(string name)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[name])!);
        File.WriteAllText(_folder[name], "");
        Expect($"*{name}: not an image of a class*");
    }

    [Fact]
    public void What_else_lies_about_is_passed_over()
    {
        File.WriteAllText(_folder["train/classes.csv"], "");
        File.WriteAllText(_folder["train/n2/Thumbs.db"], "");
        Directory.CreateDirectory(_folder["train/.cache"]);
        MiniImageNet.Load(_folder.Path, FakePhotos.Mini).Training.ClassCount.Should().Be(3);
    }

    [Fact]
    public void A_file_that_is_no_image()
    {
        File.WriteAllText(_folder["train/n2/i2.jpg"], "surprise");
        Expect("*i2.jpg: not a JPEG or PNG image. *");
    }

    [Fact]
    public void A_file_that_ends_early()
    {
        var bytes = File.ReadAllBytes(_folder["train/n2/i2.jpg"]);
        File.WriteAllBytes(_folder["train/n2/i2.jpg"], bytes[..^20]);
        Expect("*i2.jpg: damaged Jpeg image (*). *");
    }

    [Fact]
    public void A_file_that_cannot_be_read()
    {
        File.Delete(_folder["train/n2/i2.jpg"]);
        File.CreateSymbolicLink(_folder["train/n2/i2.jpg"], _folder["gone.jpg"]);
        Expect("*cannot be*");
    }

    /// <summary>Every message says what is wrong and then, on the same line, what to do about it.</summary>
    private void Expect(string message, string? path = null) =>
        FluentActions.Invoking(() => MiniImageNet.Load(path ?? _folder.Path, FakePhotos.Mini))
            .Should().Throw<DataException>().WithMessage(message)
            .WithMessage("*mini-imagenet-tools*train/<class>/*.jpg (3 classes)*test/<class>/*.jpg (2 classes) with 4 images each.")
            .And.Message.Should().NotContain("\n");

    private static float Only(Tensor plane) => plane.data<float>().ToArray().Distinct().Should().ContainSingle().Subject;
}
