using FluentAssertions;
using PaperCurves.Data;
using Xunit;

namespace PaperCurves.Tests.Data;

public sealed class ImageDataTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Omniglot()
    {
        new FakeOmniglot().SaveAsArchives(_folder.Path);
        ImageData.Recognise(_folder.Path).Should().Be(ImageLayout.Omniglot);
        FluentActions.Invoking(() => ImageData.Open(_folder.Path))
            .Should().Throw<DataException>().WithMessage("*3 classes of 2 alphabets*Omniglot has 964*");
    }

    [Fact]
    public void MiniImageNet()
    {
        FakePhotos.SaveMini(_folder.Path);
        ImageData.Recognise(_folder.Path).Should().Be(ImageLayout.MiniImageNet);
        ImageData.Open(_folder.Path, FakePhotos.Mini).Name.Should().Be("mini-ImageNet");
    }

    [Fact]
    public void OmnImage()
    {
        FakePhotos.SaveOmni(_folder.Path);
        Directory.Move(_folder["Z"], _folder["train"]);
        ImageData.Recognise(_folder.Path).Should().Be(ImageLayout.OmnImage, "a class may be called train");
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
}
