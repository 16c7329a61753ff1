using System.IO.Compression;
using CsCheck;
using FluentAssertions;
using Xunit;

namespace Zapping.Datasets.Tests;

public sealed class ZipSourceTests
{
    private static readonly byte[] s_sound = new FakeOmniglot().Archive(FakeOmniglot.Background);

    [Theory]
    [InlineData("", 0u)]
    [InlineData("123456789", 0xCBF43926u)]
    public void The_checksum_is_that_of_zip(string text, uint expected) =>
        Crc32.Of(System.Text.Encoding.ASCII.GetBytes(text)).Should().Be(expected);

    [Fact]
    public void An_archive_cut_off_anywhere()
    {
        Gen.Int[0, s_sound.Length - 1].Sample(
            length =>
            {
                using var folder = new TemporaryFolder();
                File.WriteAllBytes(folder["half.zip"], s_sound[..length]);
                FluentActions.Invoking(() => Decode(folder["half.zip"]))
                    .Should().Throw<DataException>().WithMessage("*half.zip*");
            },
            iter: 60);
    }

    [Fact]
    public void One_wrong_byte_anywhere_in_an_archive_never_changes_a_drawing()
    {
        using var own = new TemporaryFolder();
        File.WriteAllBytes(own["sound.zip"], s_sound);
        var expected = Drawings(Decode(own["sound.zip"]));
        Gen.Select(Gen.Int[0, s_sound.Length - 1], Gen.Byte[1, 255]).Sample(
            (position, change) =>
            {
                using var folder = new TemporaryFolder();
                var damaged = (byte[])s_sound.Clone();
                damaged[position] ^= change;
                File.WriteAllBytes(folder["half.zip"], damaged);
                try
                {
                    // A date or a letter of a name may be what has changed; the drawings may not.
                    Drawings(Decode(folder["half.zip"])).Should().BeEquivalentTo(expected);
                }
                catch (DataException error)
                {
                    error.Message.Should().Contain("half.zip").And.NotContain("\n");
                }
            },
            iter: 300);
    }

    [Theory]
    [InlineData("./", "")]
    [InlineData("/", "")]
    [InlineData("././", "")]
    [InlineData("elsewhere/../", "")]
    [InlineData(".\\", "")]
    [InlineData("./images_background/", "../")]
    [InlineData("__MACOSX/../", "")]
    public void Dots_and_separators_are_steps_of_a_path(string before, string after)
    {
        var plain = Read(name => name);
        Read(name => before + after + name).Should().Equal(plain);
    }

    [Fact]
    public void Names_as_Windows_writes_them_are_read() => Read(name => name.Replace('/', '\\')).Should().Equal(Read(name => name));

    [Fact]
    public void Dots_inside_of_names_are_letters()
    {
        var act = () => Read(name => name.Replace("Runes", "Ru..nes", StringComparison.Ordinal));
        act().Should().HaveCount(60);
    }

    [Theory]
    [InlineData("../secret.png")]
    [InlineData("images_background/../../secret.png")]
    [InlineData("..\\..\\secret.png")]
    [InlineData("/../secret.png")]
    [InlineData("./../.DS_Store")]
    public void An_entry_that_leads_out_of_the_archive_is_refused(string entry) =>
        FluentActions.Invoking(() => Read(name => name, entry))
            .Should().Throw<DataException>().WithMessage($"*half.zip: entry {entry} leads out of the archive.");

    private static string[] Read(Func<string, string> rename, string? more = null)
    {
        using var folder = new TemporaryFolder();
        var fake = new FakeOmniglot();
        using (var archive = ZipFile.Open(folder["half.zip"], ZipArchiveMode.Create))
        {
            foreach (var (name, content) in fake.Files.Where(file => file.Key.StartsWith("images_background/", StringComparison.Ordinal)))
            {
                Add(rename(name), content);
            }

            if (more is not null)
            {
                Add(more, [1]);
            }

            void Add(string name, byte[] content)
            {
                using var stream = archive.CreateEntry(name).Open();
                stream.Write(content);
            }
        }

        return Drawings(Decode(folder["half.zip"]));
    }

    private static ImageSet Decode(string archive)
    {
        using var source = new ZipSource(archive, FakeOmniglot.Background.Name);
        return OmniglotDecoder.Decode(source, FakeOmniglot.Background, 28, progress: null, CancellationToken.None);
    }

    private static string[] Drawings(ImageSet set) =>
        [.. Enumerable.Range(0, set.Count)
            .Select(image => Convert.ToBase64String(set.Image(image / 20, image % 20)))
            .Order(StringComparer.Ordinal)];
}
