using FluentAssertions;
using SkiaSharp;
using Xunit;

namespace Zapping.Datasets.Tests;

public sealed class OmniglotDamageTests : IDisposable
{
    private const string First = "images_background/Runes/character01/0001_01.png";

    private readonly FakeOmniglot _fake = new();
    private readonly TemporaryFolder _folder = new();
    private readonly TemporaryFolder _cache = new();

    public void Dispose()
    {
        _folder.Dispose();
        _cache.Dispose();
    }

    [Fact]
    public void Nothing_there()
    {
        Expect("*no Omniglot here*images_background.zip*");
        FluentActions.Invoking(() => Omniglot.Load(_folder["nowhere"])).Should().Throw<DataException>();
    }

    [Fact]
    public void One_half_only()
    {
        _fake.SaveAsArchives(_folder.Path);
        File.Delete(_folder["images_evaluation.zip"]);
        Expect("*images_evaluation.zip*");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_missing_class_is_named(bool archives)
    {
        Remove("images_background/Runes/character01/");
        Save(archives);
        Expect("*images_background*2 classes of 2 alphabets*Omniglot has 3*Runes/character01 is missing.");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_missing_alphabet(bool archives)
    {
        Remove("images_background/letters/");
        Save(archives);
        Expect("*images_background*2 classes of 1 alphabets*Omniglot has 3 of 2 there.");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_missing_drawing(bool archives)
    {
        _fake.Files.Remove(First);
        Save(archives);
        Expect("*images_background*Runes/character01: 19 drawings found, 20 expected.");
    }

    [Fact]
    public void A_surplus_drawing()
    {
        _fake.Files["images_evaluation/Signs/character02/0001_21.png"] = FakeOmniglot.Png(1);
        Save(archives: true);
        Expect("*images_evaluation.zip*Signs/character02: 21 drawings found*");
    }

    [Theory]
    [InlineData("images_background/readme.txt")]
    [InlineData("images_background/Runes/character01/notes.txt")]
    [InlineData("images_background/Runes/character01/more/0001_01.png")]
    public void A_file_that_does_not_belong(string name)
    {
        _fake.Files[name] = [1, 2, 3];
        Save(archives: true);
        Expect($"*images_background.zip: entry {name}*not a drawing*");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_drawing_that_is_no_image(bool archives)
    {
        _fake.Files[First] = "surprise"u8.ToArray();
        Save(archives);
        Expect("*images_background*0001_01.png: not a PNG image.");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_name_with_a_line_break_is_told_in_one_line(bool archives)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such names.");
        _fake.Files["images_background/Runes/a\nb/more/0001_01.png"] = [1, 2, 3];
        Save(archives);
        Expect("*images_background*Runes/a?b/more/0001_01.png: not a drawing*");
    }

    [Fact]
    public void A_drawing_in_another_format()
    {
        using var bitmap = new SKBitmap(105, 105);
        using var jpeg = bitmap.Encode(SKEncodedImageFormat.Jpeg, 90);
        _fake.Files[First] = jpeg.ToArray();
        Save(archives: false);
        Expect("*0001_01.png: not a PNG image.");
    }

    [Fact]
    public void A_coloured_drawing()
    {
        using var bitmap = new SKBitmap(105, 105);
        using var png = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        _fake.Files[First] = png.ToArray();
        Save(archives: false);
        Expect("*0001_01.png: not a grey image*");
    }

    [Fact]
    public void A_drawing_of_the_wrong_size()
    {
        _fake.Files[First] = FakeOmniglot.Png(1, 104);
        Save(archives: true);
        Expect($"*entry {First}: 104x104 pixels, expected 105x105.");
    }

    [Fact]
    public void A_drawing_that_ends_early()
    {
        _fake.Files[First] = _fake.Files[First][..^40];
        Save(archives: false);
        Expect("*0001_01.png: damaged PNG image*");
    }

    private void Remove(string prefix)
    {
        foreach (var name in _fake.Files.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).ToList())
        {
            _fake.Files.Remove(name);
        }
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

    private void Expect(string message)
    {
        FluentActions.Invoking(() => FakeOmniglot.Load(_folder.Path, _cache.Path))
            .Should().Throw<DataException>().WithMessage(message).And.Message.Should().NotContain("\n");
        _cache.Files.Should().BeEmpty("a damaged data set must not be remembered");
    }
}
