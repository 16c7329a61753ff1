using FluentAssertions;
using Xunit;

namespace Zapping.Datasets.Tests;

/// <summary>What systems and file managers leave in folders and archives of images: every reader passes it over.</summary>
public sealed class LitterTests : IDisposable
{
    private static readonly string[] Names =
    [
        ".DS_Store", "._0001_01.png", ".directory", "Thumbs.db", "thumbs.db", "THUMBS.DB", "ehthumbs.db", "desktop.ini", "Desktop.ini", "Icon\r",
        "@eaDir/0001_01.png/SYNOPHOTO_THUMB_M.png", "__MACOSX/._a.png", "__macosx/a.png", ".Trashes/501/a.png", "$RECYCLE.BIN/a.png", "System Volume Information/a.png", "lost+found/a.png",
    ];

    private readonly TemporaryFolder _folder = new();
    private readonly TemporaryFolder _cache = new();

    public void Dispose()
    {
        _folder.Dispose();
        _cache.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Omniglot_is_read_around_it(bool archives)
    {
        var fake = new FakeOmniglot();
        foreach (var place in new[] { "images_background/", "images_background/Runes/", "images_evaluation/Signs/character01/" })
        {
            foreach (var name in Names)
            {
                fake.Files[place + name] = [1];
            }
        }

        if (archives)
        {
            fake.SaveAsArchives(_folder.Path);
        }
        else
        {
            fake.SaveAsFolders(_folder.Path);
        }

        FakeOmniglot.Load(_folder.Path, _cache.Path).Training.ClassNames.Should().Equal(FakeOmniglot.TrainingClasses);
    }

    [Fact]
    public void Photographs_are_read_around_it()
    {
        FakePhotos.SaveMini(_folder["mini"]);
        FakePhotos.SaveOmni(_folder["omni"]);
        foreach (var place in new[] { "mini", "mini/train", "mini/test/n4", "omni", "omni/Z" })
        {
            foreach (var name in Names)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(_folder[$"{place}/{name}"])!);
                File.WriteAllBytes(_folder[$"{place}/{name}"], [1]);
            }
        }

        ImageData.Open(_folder["mini"], FakePhotos.Mini).Name.Should().Be("mini-ImageNet");
        ImageData.Open(_folder["omni"], omnImage: FakePhotos.Omni).Name.Should().Be("OmnImage-3");
    }

    [Theory]
    [InlineData("images_background/Icon")]
    [InlineData("images_background/Runes/thumbs.db.png")]
    [InlineData("images_background/Runes/character01/desktop.txt")]
    public void What_is_no_litter_is_still_refused(string name)
    {
        var fake = new FakeOmniglot();
        fake.Files[name] = [1];
        fake.SaveAsFolders(_folder.Path);
        FluentActions.Invoking(() => FakeOmniglot.Load(_folder.Path, _cache.Path)).Should().Throw<DataException>().WithMessage("*not a drawing*");
    }
}
