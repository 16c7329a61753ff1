using CsCheck;
using FluentAssertions;
using Xunit;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;

namespace Zapping.Datasets.Tests;

/// <summary>MNIST's IDX files: what is in them arrives, and what is wrong with them is said with file and offset.</summary>
public sealed class MnistTests : IDisposable
{
    private const string TrainingImages = "train-images-idx3-ubyte";
    private const string TrainingLabels = "train-labels-idx1-ubyte";

    private readonly TemporaryFolder _folder = new();
    private readonly FakeMnist _fake = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void All_images_and_labels_arrive_in_the_order_of_the_files(bool gzip)
    {
        _fake.Save(_folder.Path, gzip);

        var data = Mnist.Load(_folder.Path);

        (data.Name, data.Source).Should().Be(("MNIST", _folder.Path));
        (data.Training.Count, data.Training.Size, data.Training.Channels, data.Test.Count).Should().Be((12, 2, 1, 5));
        data.Training.Labels.Should().Equal(FakeMnist.Labels(12));
        data.Training.Pixels.Should().Equal(FakeMnist.Pixels(12, 2));
        data.Test.Image(4).ToArray().Should().Equal(16, 17, 18, 19);
        data.Training.ClassNames.Should().Equal("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
        Mnist.LoadTraining(_folder.Path).Labels.Should().Equal(data.Training.Labels);
    }

    [Theory]
    [InlineData("MNIST/raw")]
    [InlineData("raw")]
    public void A_folder_one_or_two_levels_above_will_do(string below)
    {
        _fake.Save(_folder[below]);
        File.WriteAllBytes(_folder[$"{below}/._{TrainingImages}"], [1]);
        File.WriteAllBytes(_folder[".DS_Store"], [1]);
        Directory.CreateDirectory(_folder["__MACOSX"]);
        File.WriteAllBytes(_folder[$"__MACOSX/{TrainingImages}"], [1]);

        Mnist.Load(_folder.Path).Source.Should().Be(_folder[below]);
    }

    [Fact]
    public void Names_with_a_point_are_those_of_the_same_files()
    {
        foreach (var (name, content) in _fake.Files)
        {
            File.WriteAllBytes(_folder[name.Replace("-idx", ".idx", StringComparison.Ordinal)], content);
        }

        Mnist.Load(_folder.Path).Training.Count.Should().Be(12);
    }

    [Fact]
    public void Training_alone_needs_no_test_files()
    {
        _fake.Files.Remove("t10k-images-idx3-ubyte");
        _fake.Save(_folder.Path);

        Mnist.LoadTraining(_folder.Path).Count.Should().Be(12);
        Refused("*there is no t10k-images-idx3-ubyte, neither as it is nor as .gz. MNIST has*");
    }

    [Fact]
    public void An_empty_folder_and_none_at_all_are_refused_with_advice()
    {
        Refused($"*there is no {TrainingImages}*cvdfoundation*");
        FluentActions.Invoking(() => Mnist.Load(_folder["nowhere"])).Should().Throw<DataException>().WithMessage("*nowhere: there is no*");
    }

    [Fact]
    public void Several_are_not_chosen_from()
    {
        _fake.Save(_folder["a"]);
        _fake.Save(_folder["b"]);
        Refused("*there are several data sets below*");
    }

    [Fact]
    public void Labels_in_the_place_of_images_have_the_wrong_magic_number() =>
        RefusedWith(TrainingImages, bytes => bytes[3] = 1, $"*{TrainingImages}: offset 0: magic number 2049 found, 2051 expected.*");

    [Theory]
    [InlineData(3, "offset 3: the file ends, 16 bytes expected")]
    [InlineData(16, "offset 16: the file ends, 64 bytes expected")]
    [InlineData(63, "offset 63: the file ends, 64 bytes expected")]
    public void A_file_that_is_cut_short_says_where_it_ends(int length, string message)
    {
        _fake.Files[TrainingImages] = _fake.Files[TrainingImages][..length];
        _fake.Save(_folder.Path);
        Refused($"*{TrainingImages}: {message}.*");
        File.Delete(_folder[TrainingImages]);
        _fake.Save(_folder.Path, gzip: true);
        File.Delete(_folder[TrainingImages]);
        Refused($"*{TrainingImages}.gz: {message}.*");
    }

    [Fact]
    public void A_file_that_goes_on_is_refused()
    {
        _fake.Files[TrainingLabels] = [.. _fake.Files[TrainingLabels], 1];
        _fake.Save(_folder.Path);
        Refused($"*{TrainingLabels}: offset 20: the file goes on*");
    }

    [Fact]
    public void Labels_are_as_many_as_images()
    {
        _fake.Files[TrainingLabels] = FakeMnist.Idx([11], FakeMnist.Labels(11));
        _fake.Save(_folder.Path);
        Refused($"*{TrainingLabels}: offset 4: 11 labels, but there are 12 images in {TrainingImages}.*");
    }

    [Fact]
    public void A_label_is_a_digit() => RefusedWith(TrainingLabels, bytes => bytes[8 + 7] = 10, $"*{TrainingLabels}: offset 15: label 10; labels are from 0 to 9.*");

    [Fact]
    public void Images_are_square_and_all_of_one_size()
    {
        _fake.Files["t10k-images-idx3-ubyte"] = FakeMnist.Idx([5, 3, 3], FakeMnist.Pixels(5, 3));
        _fake.Save(_folder.Path);
        Refused("*training images have 2x2 pixels, test images 3x3.*");

        _fake.Files[TrainingImages] = FakeMnist.Idx([12, 1, 4], FakeMnist.Pixels(12, 2));
        _fake.Save(_folder.Path);
        Refused($"*{TrainingImages}: offset 8: images of 1 rows and 4 columns*");
    }

    [Theory]
    [InlineData(0, 2, 2, 4)]
    [InlineData(12, -1, 2, 8)]
    [InlineData(12, 2, int.MaxValue, 12)]
    [InlineData(int.MaxValue, int.MaxValue, int.MaxValue, 4)]
    public void Sizes_that_cannot_be_are_refused_before_anything_is_allocated(int count, int rows, int columns, int offset)
    {
        _fake.Files[TrainingImages] = FakeMnist.Idx([count, rows, columns], []);
        _fake.Save(_folder.Path);
        Refused($"*{TrainingImages}: offset {offset}: dimension*");
    }

    [Fact]
    public void Damaged_gzip_is_called_that()
    {
        _fake.Save(_folder.Path, gzip: true);
        File.WriteAllBytes(_folder[TrainingImages + ".gz"], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
        Refused($"*{TrainingImages}.gz: damaged gzip (*");
    }

    [Fact]
    public void Whatever_happens_to_a_file_it_is_read_or_refused_by_name() => Gen.Select(Damage.Bytes, OneOf([.. _fake.Files.Keys]), Gen.Bool, Gen.Bool).Sample(
        (damage, name, gzip, inside) =>
        {
            using var folder = new TemporaryFolder();
            var fake = new FakeMnist();
            fake.Files[name] = inside ? damage(fake.Files[name]) : fake.Files[name];
            fake.Save(folder.Path, gzip);
            var path = folder[gzip ? name + ".gz" : name];
            if (!inside)
            {
                File.WriteAllBytes(path, damage(File.ReadAllBytes(path)));
            }

            Damage.Loaded(() => Mnist.Load(folder.Path), named: folder.Path);
        },
        iter: Fuzz.Iterations(200));

    [Fact]
    public void Tensors_hold_shares_of_255_or_what_the_normalization_says()
    {
        _fake.Save(_folder.Path);
        var data = Mnist.Load(_folder.Path, Mnist.Normalization);

        using var scope = NewDisposeScope();
        var (inputs, labels) = Images.ToTensors(data.Training, CPU, [3, 0]);
        inputs.shape.Should().Equal(2, 1, 2, 2);
        labels.data<long>().Should().Equal(9, 0);
        inputs[0].data<float>().Should().Equal(new[] { 12, 13, 14, 15 }.Select(value => ((value / 255f) - 0.1307f) / 0.3081f));
        Images.ToTensors(Mnist.LoadTraining(_folder.Path), CPU).Inputs[1].data<float>().Should().Equal(new[] { 4, 5, 6, 7 }.Select(value => value / 255f));
    }

    [Fact]
    public void The_real_one_is_read_in_full()
    {
        var folder = SharedData.FolderOf(TrainingImages + ".gz");
        Assert.SkipWhen(folder is null, "MNIST is not here: put its files into shared/data beside the repository.");

        var data = Mnist.Load(folder!);

        Counts(data.Training).Should().Equal(5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949);
        Counts(data.Test).Should().Equal(980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009);
        data.Training.Labels[..5].Should().Equal(5, 0, 4, 1, 9);
        var (sum, squares) = (0L, 0L);
        foreach (var value in data.Training.Pixels)
        {
            sum += value;
            squares += value * value;
        }

        var mean = sum / (double)data.Training.Pixels.Length;
        (mean / 255).Should().BeApproximately(Mnist.Normalization.Mean[0], 1e-4);
        (Math.Sqrt((squares / (double)data.Training.Pixels.Length) - (mean * mean)) / 255).Should().BeApproximately(Mnist.Normalization.Std[0], 1e-4);
    }

    private static IEnumerable<int> Counts(LabeledImages images) => images.Labels.CountBy(label => label).OrderBy(count => count.Key).Select(count => count.Value);

    private static Gen<string> OneOf(string[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);

    private void RefusedWith(string name, Action<byte[]> damage, string message)
    {
        damage(_fake.Files[name]);
        _fake.Save(_folder.Path);
        Refused(message);
    }

    private void Refused(string message) => FluentActions.Invoking(() => Mnist.Load(_folder.Path)).Should().Throw<DataException>().WithMessage(message);
}
