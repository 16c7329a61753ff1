using System.Diagnostics;
using System.IO.Compression;
using FluentAssertions;
using Xunit;

namespace Zapping.Datasets.Tests;

/// <summary>Small archives that claim, or unpack to, more than any drawing has: refused in little memory and time.</summary>
public sealed class ZipBombTests : IDisposable
{
    private const string Entry = "images_background/Runes/character01/0001_01.png";

    private readonly TemporaryFolder _folder = new();

    private string Archive => _folder["bomb.zip"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Sixty_megabytes_in_sixty_kilobytes()
    {
        using (var zip = ZipFile.Open(Archive, ZipArchiveMode.Create))
        {
            using var stream = zip.CreateEntry(Entry).Open();
            for (var i = 0; i < 60; i++)
            {
                stream.Write(new byte[1 << 20]);
            }
        }

        new FileInfo(Archive).Length.Should().BeLessThan(100_000);
        Expect("too long for a drawing");
    }

    [Fact]
    public void Four_gigabytes_claimed_in_the_directory()
    {
        Save([1, 2, 3]);
        Patch(BitConverter.GetBytes(0xFFFF_FFFEu)); // the field's most; more would take a zip64 record
        Expect("too long for a drawing");
    }

    [Fact]
    public void More_than_the_directory_claims()
    {
        Save(new byte[1 << 20]);
        Patch(BitConverter.GetBytes(3u));
        Expect("length or checksum is wrong");
    }

    [Fact]
    public void An_archive_of_ten_gigabytes_is_not_read_into_memory()
    {
        using (var sparse = File.Create(Archive))
        {
            sparse.SetLength(10L << 30);
        }

        Expect("longer than 104857600 bytes");
    }

    [Theory]
    [InlineData("../outside.png")]
    [InlineData("/etc/passwd")]
    [InlineData("images_background/../../outside.png")]
    public void Names_that_lead_out_of_the_folder(string name)
    {
        using (var zip = ZipFile.Open(Archive, ZipArchiveMode.Create))
        {
            zip.CreateEntry(name).Open().Dispose();
        }

        FluentActions.Invoking(Decode).Should().Throw<DataException>().WithMessage("*bomb.zip*");
        _folder.Files.Should().Equal("bomb.zip");
    }

    private void Save(byte[] content)
    {
        using var zip = ZipFile.Open(Archive, ZipArchiveMode.Create);
        using var stream = zip.CreateEntry(Entry).Open();
        stream.Write(content);
    }

    // The uncompressed size in the central directory, which is what readers go by.
    private void Patch(byte[] size)
    {
        var bytes = File.ReadAllBytes(Archive);
        var directory = bytes.AsSpan().LastIndexOf("PK\u0001\u0002"u8);
        size.CopyTo(bytes, directory + 24);
        File.WriteAllBytes(Archive, bytes);
    }

    private void Expect(string reason)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var watch = Stopwatch.StartNew();
        FluentActions.Invoking(Read).Should().Throw<DataException>().WithMessage($"*bomb.zip*{reason}*");
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(16 << 20);
        watch.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(20));
    }

    private void Read()
    {
        using var source = new ZipSource(Archive, FakeOmniglot.Background.Name);
        source.List();
        source.Read(0);
    }

    private void Decode()
    {
        using var source = new ZipSource(Archive, FakeOmniglot.Background.Name);
        OmniglotDecoder.Decode(source, FakeOmniglot.Background, 28, progress: null, CancellationToken.None);
    }
}
