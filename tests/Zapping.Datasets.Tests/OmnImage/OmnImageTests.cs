using FluentAssertions;
using Xunit;

namespace Zapping.Datasets.Tests;

public sealed class OmnImageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public OmnImageTests() => FakePhotos.SaveOmni(_folder.Path);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Classes_of_the_list_are_transferred_to()
    {
        var data = Load(List("# published", "", "  d10 ", "a", "#b"));

        data.Name.Should().Be("OmnImage-3");
        data.Source.Should().Be($"{_folder.Path}, test classes of {_folder["list.txt"]}");
        data.Training.ClassNames.Should().Equal("Z", "b", "c", "d9");
        data.Transfer.ClassNames.Should().Equal("a", "d10");
        data.Normalization!.Mean.Should().Equal(0.48751324f, 0.46667117f, 0.41095525f);
        data.Normalization.Std.Should().Equal(0.26073888f, 0.2528451f, 0.2677635f);
        (data.Channels, data.Size, data.Training.ImagesPerClass).Should().Be((3, 84, 3));
        foreach (var set in new[] { data.Training, data.Transfer })
        {
            for (var image = 0; image < set.Count; image++)
            {
                var number = Array.IndexOf(FakePhotos.OmniClasses, set.ClassNames[image / 3]);
                set.Image(image / 3, image % 3).IndexOfAnyExcept(FakePhotos.Gray(number, image % 3)).Should().Be(-1);
            }
        }
    }

    [Theory]
    [InlineData("d9\r\nZ\r\n")]
    [InlineData("""["Z", "d9"]""")]
    public void Lists_may_be_of_Windows_or_JSON_as_published(string text)
    {
        File.WriteAllText(_folder["list.txt"], text);
        Load(FakePhotos.Omni with { TestClassesFile = _folder["list.txt"] })
            .Transfer.ClassNames.Should().Equal("Z", "d9");
    }

    [Fact]
    public void Without_a_list_a_seed_draws()
    {
        var splits = Enumerable.Range(0, 30)
            .Select(seed => Load(FakePhotos.Omni with { SplitSeed = (ulong)seed, Size = 1 })).ToList();

        foreach (var data in splits)
        {
            data.Training.ClassNames.Should().HaveCount(4).And.BeInAscendingOrder(StringComparer.Ordinal);
            data.Transfer.ClassNames.Should().HaveCount(2).And.BeInAscendingOrder(StringComparer.Ordinal);
            data.Training.ClassNames.Concat(data.Transfer.ClassNames).Should().BeEquivalentTo(FakePhotos.OmniClasses);
        }

        splits.SelectMany(data => data.Transfer.ClassNames).Distinct(StringComparer.Ordinal).Should().HaveCount(6, "every class is drawn by some seed");
        splits[7].Source.Should().EndWith("test classes drawn with seed 7");
        Load(FakePhotos.Omni with { SplitSeed = 7 }).Transfer.ClassNames.Should().Equal(splits[7].Transfer.ClassNames);
    }

    [Fact]
    public void The_published_extent_is_the_default()
    {
        var options = new OmnImageOptions();
        (options.TrainingClasses, options.TransferClasses, options.ImagesPerClass, options.Size).Should().Be((700, 300, null, 84));
        FluentActions.Invoking(() => OmnImage.Load(_folder.Path))
            .Should().Throw<DataException>().WithMessage("*6 class folders found, 1000 expected. *20 or 100 images*");
    }

    [Theory]
    [InlineData(20)]
    [InlineData(100)]
    public void Both_published_numbers_of_images_are_recognized(int count)
    {
        foreach (var name in FakePhotos.OmniClasses)
        {
            Fill(name, count);
        }

        Load(FakePhotos.Omni with { ImagesPerClass = null, Size = 1 }).Name.Should().Be($"OmnImage-{count}");
        File.Delete(_folder["d9/9.png"]);
        Expect($"*d9: {count - 1} images found, {count} expected. *", FakePhotos.Omni with { ImagesPerClass = null });
    }

    [Fact]
    public void Options_are_checked()
    {
        foreach (var make in new Func<OmnImageOptions>[]
        {
            () => new() { TrainingClasses = 0 },
            () => new() { TransferClasses = 0 },
            () => new() { ImagesPerClass = 0 },
            () => new() { Size = 0 },
        })
        {
            make.Should().Throw<ArgumentOutOfRangeException>();
        }
    }

    [Fact]
    public void A_list_that_does_not_fit()
    {
        Expect("*list.txt: there is no class 'A'. *", List("a", "A"));
        Expect("*list.txt: class 'a' is listed twice. *", List("a", "b", "a"));
        Expect("*list.txt: 1 classes listed, 2 expected. *", List("a"));
        Expect("*list.txt: 3 classes listed, 2 expected. *", List("a", "b", "c"));
        Expect("*list.txt: there is no class 'a?b'. *", List("a\tb"));
        Expect("*list.txt: not a JSON array of class names (*). *", List("[1, 2]"));
        Expect("*list.txt: not a JSON array of class names (*). *", List("[null]"));
        Expect("*list.txt: too long for a list of classes. *", List(new string('a', 1 << 20)));
        Expect("*gone.txt: the list of test classes cannot be read *", FakePhotos.Omni with { TestClassesFile = _folder["gone.txt"] });
        Expect("*: the list of test classes cannot be read *", FakePhotos.Omni with { TestClassesFile = _folder.Path });
    }

    [Fact]
    public void Folders_that_do_not_fit()
    {
        File.Copy(_folder["a/i1.png"], _folder["a/i3.png"]);
        Expect("*a: 4 images found, 3 expected. *");
        Directory.Delete(_folder["a"], recursive: true);
        Expect("*: 5 class folders found, 6 expected. *");
        Expect("*nowhere: no such folder. *", path: _folder["nowhere"]);
    }

    [Fact]
    public void A_damaged_image()
    {
        File.WriteAllText(_folder["d9/i1.png"], "surprise");
        Expect("*i1.png: not a JPEG or PNG image. *");
    }

    private OmnImageOptions List(params string[] lines)
    {
        File.WriteAllLines(_folder["list.txt"], lines);
        return FakePhotos.Omni with { TestClassesFile = _folder["list.txt"] };
    }

    private void Fill(string name, int count)
    {
        var file = File.ReadAllBytes(_folder[$"{name}/i1.png"]);
        Directory.Delete(_folder[name], recursive: true);
        Directory.CreateDirectory(_folder[name]);
        for (var image = 0; image < count; image++)
        {
            File.WriteAllBytes(_folder[$"{name}/{image}.png"], file);
        }
    }

    private ClassificationData Load(OmnImageOptions options) => OmnImage.Load(_folder.Path, options);

    /// <summary>Every message says what is wrong and then, on the same line, what to do about it.</summary>
    private void Expect(string message, OmnImageOptions? options = null, string? path = null) =>
        FluentActions.Invoking(() => OmnImage.Load(path ?? _folder.Path, options ?? FakePhotos.Omni))
            .Should().Throw<DataException>().WithMessage(message)
            .WithMessage("*lfrati/omnimage*6 class folders, <class>/*.jpg*")
            .And.Message.Should().NotContain("\n");
}
