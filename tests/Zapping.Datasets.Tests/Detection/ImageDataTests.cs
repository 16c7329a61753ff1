using FluentAssertions;
using Xunit;

namespace Zapping.Datasets.Tests;

public sealed class ImageDataTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Omniglot()
    {
        new FakeOmniglot().SaveAsArchives(_folder.Path);
        ImageData.Find(_folder.Path).Layout.Should().Be(ImageLayout.Omniglot);
        FluentActions.Invoking(() => ImageData.Open(_folder.Path))
            .Should().Throw<DataException>().WithMessage("*3 classes of 2 alphabets*Omniglot has 964*");
    }

    [Fact]
    public void MiniImageNet()
    {
        FakePhotos.SaveMini(_folder.Path);
        ImageData.Find(_folder.Path).Layout.Should().Be(ImageLayout.MiniImageNet);
        ImageData.Open(_folder.Path, FakePhotos.Mini).Name.Should().Be("mini-ImageNet");
    }

    [Fact]
    public void OmnImage()
    {
        FakePhotos.SaveOmni(_folder.Path);
        Directory.Move(_folder["Z"], _folder["train"]);
        ImageData.Find(_folder.Path).Layout.Should().Be(ImageLayout.OmnImage, "a class may be called train");
        ImageData.Open(_folder.Path, omnImage: FakePhotos.Omni).Name.Should().Be("OmnImage-3");
    }

    [Fact]
    public void Half_a_data_set_is_the_business_of_its_loader()
    {
        FakePhotos.SaveMini(_folder.Path);
        Directory.Delete(_folder["train"], recursive: true);
        FluentActions.Invoking(() => ImageData.Open(_folder.Path, FakePhotos.Mini))
            .Should().Throw<DataException>().WithMessage("*train: no such folder. mini-ImageNet*");

        Directory.CreateDirectory(_folder["images_background"]);
        FluentActions.Invoking(() => ImageData.Open(_folder.Path))
            .Should().Throw<DataException>().WithMessage("*images_evaluation*");
    }

    [Fact]
    public void Anything_else_is_told_the_three_layouts()
    {
        File.WriteAllText(_folder["notes.txt"], "");
        foreach (var path in new[] { _folder.Path, _folder["nowhere"], _folder["notes.txt"] })
        {
            FluentActions.Invoking(() => ImageData.Open(path)).Should().Throw<DataException>()
                .WithMessage($"{path}: no data set here*images_background*train/<class>/*test/<class>/*<class>/*.jpg (OmnImage).")
                .And.Message.Should().NotContain("\n");
        }
    }

    [Theory]
    [InlineData("omniglot-py")]
    [InlineData("data/omniglot-py")]
    public void Omniglot_is_found_below_the_folder_that_is_named(string below)
    {
        Directory.CreateDirectory(_folder[below]);
        new FakeOmniglot().SaveAsArchives(_folder[below]);
        Directory.CreateDirectory(_folder["photos/holiday"]);
        File.WriteAllBytes(_folder["photos/holiday/me.jpg"], [1]);

        DataFolder.Find(_folder.Path + Path.DirectorySeparatorChar).Should().Be((ImageLayout.Omniglot, _folder[below]));
        FluentActions.Invoking(() => ImageData.Open(_folder.Path)).Should().Throw<DataException>().WithMessage($"{_folder[below]}*Omniglot has 964*");
    }

    [Fact]
    public void Other_data_sets_are_found_below_too()
    {
        FakePhotos.SaveMini(_folder["one/a/mini"]);
        FakePhotos.SaveOmni(_folder["two/omni"]);
        DataFolder.Find(_folder["one"]).Should().Be((ImageLayout.MiniImageNet, _folder["one/a/mini"]));
        DataFolder.Find(_folder["two"]).Should().Be((ImageLayout.OmnImage, _folder["two/omni"]));
    }

    [Fact]
    public void Several_data_sets_below_are_named_and_none_is_taken()
    {
        foreach (var name in new[] { "first", "second" })
        {
            Directory.CreateDirectory(_folder[name]);
            new FakeOmniglot().SaveAsArchives(_folder[name]);
        }

        FluentActions.Invoking(() => DataFolder.Find(_folder.Path)).Should().Throw<DataException>()
            .WithMessage($"{_folder.Path}: there are several data sets below: {_folder["first"]}, {_folder["second"]}. Give one of them.");
    }

    [Fact]
    public void What_only_looks_like_a_data_set_below_is_not_taken()
    {
        Directory.CreateDirectory(_folder["python/test/unit"]);
        Directory.CreateDirectory(_folder["half/images_background"]);
        Directory.CreateDirectory(_folder["project/docs/images"]);
        File.WriteAllBytes(_folder["project/docs/images/plan.png"], [1]);
        Directory.CreateDirectory(_folder["project/docs/text"]);

        FluentActions.Invoking(() => DataFolder.Find(_folder.Path)).Should().Throw<DataException>()
            .WithMessage($"{_folder.Path}: no data set here, nor up to 2 levels below, where there are half/, project/, python/. *");
    }

    [Fact]
    public void Three_levels_below_and_in_litter_nothing_is_found()
    {
        Directory.CreateDirectory(_folder["a/b/c"]);
        new FakeOmniglot().SaveAsArchives(_folder["a/b/c"]);
        Directory.CreateDirectory(_folder["__MACOSX/omniglot-py"]);
        new FakeOmniglot().SaveAsArchives(_folder["__MACOSX/omniglot-py"]);

        FluentActions.Invoking(() => DataFolder.Find(_folder.Path)).Should().Throw<DataException>()
            .WithMessage($"{_folder.Path}: no data set here, nor up to 2 levels below, where there are a/. Give a folder with images_background*");
    }

    [Fact]
    public void Half_of_Omniglot_is_no_data_set()
    {
        new FakeOmniglot().SaveAsFolders(_folder.Path);
        FluentActions.Invoking(() => ImageData.Open(_folder["images_background"])).Should().Throw<DataException>()
            .WithMessage($"{_folder["images_background"]}: this is half of Omniglot; give the folder above, {_folder.Path}.");
    }
}
