using FluentAssertions;
using Xunit;
using Zapping.Training.Build;

namespace Zapping.Training.Tests.Build;

/// <summary>eng/WeakenVersionNeed.cs: one bit of a well-formed file changes, and a damaged file is refused.</summary>
public sealed class ElfVersionNeedsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("zapping-elf-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("V_1.2", 0)]
    [InlineData("V_2", 1)]
    [InlineData("V_1", 2)]
    public void The_version_of_that_very_name_becomes_weak_and_nothing_else_changes(string version, int which)
    {
        var file = SmallElf.Create();
        var expected = SmallElf.Create();
        expected[SmallElf.FlagsOf(which)] = 2;

        ElfVersionNeeds.MarkWeak(file, version).Should().BeTrue();

        file.Should().Equal(expected);
        ElfVersionNeeds.MarkWeak(file, version).Should().BeFalse("it is weak already");
        file.Should().Equal(expected);
    }

    [Theory]
    [InlineData("V_3")]
    [InlineData("V_")]
    [InlineData("V_1.")]
    [InlineData("V_2.1")]
    public void A_version_that_is_not_needed_changes_nothing(string version)
    {
        var file = SmallElf.Create();

        ElfVersionNeeds.MarkWeak(file, version).Should().BeFalse();

        file.Should().Equal(SmallElf.Create());
    }

    [Fact]
    public void A_file_cut_anywhere_is_refused()
    {
        var file = SmallElf.Create();

        for (var length = 0; length < file.Length; length++)
        {
            var mark = () => ElfVersionNeeds.MarkWeak(file[..length], "V_2");
            mark.Should().Throw<InvalidDataException>($"only {length} bytes are left");
        }
    }

    [Theory]
    [InlineData(SmallElf.NeedsHeader + 44, uint.MaxValue, "it counts more needed versions than it has room for")]
    [InlineData(SmallElf.NeedsHeader + 44, 3u, "it counts more needed versions than it has room for")]
    [InlineData(SmallElf.Library, 0xffff0001u, "it counts more needed versions than it has room for")]
    [InlineData(SmallElf.Library + 8, uint.MaxValue, "an entry lies outside of its table")]
    [InlineData(SmallElf.Library + 12, uint.MaxValue, "an entry lies outside of its table")]
    [InlineData(SmallElf.Version + 12, uint.MaxValue, "an entry lies outside of its table")]
    [InlineData(SmallElf.Version + 12, 48u, "an entry lies outside of its table")]
    [InlineData(SmallElf.Version + 8, 1000u, "an entry lies outside of its table")]
    [InlineData(SmallElf.NeedsHeader + 40, 3u, "an entry lies outside of its table")]
    [InlineData(SmallElf.NeedsHeader + 24, 390u, "a table goes beyond the end of the file")]
    [InlineData(SmallElf.NeedsHeader + 36, uint.MaxValue, "a table goes beyond the end of the file")]
    [InlineData(0x2C, uint.MaxValue, "a table goes beyond the end of the file")]
    public void A_wrong_count_or_link_is_refused(int offset, uint value, string why)
    {
        var file = SmallElf.Create();
        SmallElf.Write(file, offset, value);

        var mark = () => ElfVersionNeeds.MarkWeak(file, "V_2");

        mark.Should().Throw<InvalidDataException>().WithMessage("the ELF file is damaged: " + why);
    }

    [Fact]
    public void Whatever_byte_is_wrong_the_file_is_read_or_refused()
    {
        var file = SmallElf.Create();

        for (var offset = 0; offset < file.Length; offset++)
        {
            foreach (byte value in (byte[])[0, 1, 0x10, 0x7f, 0x80, 0xff])
            {
                byte[] damaged = [.. file];
                damaged[offset] = value;
                try
                {
                    ElfVersionNeeds.MarkWeak(damaged, "V_2");
                }
                catch (InvalidDataException)
                {
                    // the one exception that callers await
                }
            }
        }
    }

    [Fact]
    public void A_copy_is_written_and_the_file_stays_as_it_is()
    {
        var (path, time) = Write(SmallElf.Create());
        var copy = Path.Combine(_folder.FullName, "deep", "er", "small.so");

        ElfVersionNeeds.CopyLoadable(path, copy, "V_2").Should().BeTrue();

        var expected = SmallElf.Create();
        expected[SmallElf.FlagsOf(1)] = 2;
        ShouldBe(copy, expected);
        ShouldBe(path, SmallElf.Create());
        File.GetLastWriteTimeUtc(path).Should().Be(time);
        File.GetLastWriteTimeUtc(copy).Should().BeAfter(time, "or a build would make it again and again");
        ElfVersionNeeds.CopyLoadable(copy, path, "V_2").Should().BeFalse("it is weak already");
        ShouldBe(path, expected);
    }

    [Fact]
    public void A_copy_that_is_open_keeps_its_old_bytes_for_the_reader()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows replaces no open file, and the task runs on Linux only");
        var (path, _) = Write(SmallElf.Create());
        var copy = path + ".copy";
        File.WriteAllText(copy, "older");
        using var reader = new StreamReader(new FileStream(copy, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));

        ElfVersionNeeds.CopyLoadable(path, copy, "V_2").Should().BeTrue();

        reader.ReadToEnd().Should().Be("older", "a program that has it loaded, or a hard link to it, must not change");
        new FileInfo(copy).Length.Should().Be(SmallElf.Create().Length);
    }

    [Fact]
    public void Of_a_damaged_file_there_is_no_copy()
    {
        var damaged = SmallElf.Create();
        SmallElf.Write(damaged, SmallElf.Library + 12, uint.MaxValue); // after V_2 was found
        var (path, _) = Write(damaged);

        var mark = () => ElfVersionNeeds.CopyLoadable(path, path + ".copy", "V_2");

        mark.Should().Throw<InvalidDataException>();
        ShouldBe(path, damaged);
    }

    [Fact]
    public void A_copy_that_cannot_be_written_leaves_nothing()
    {
        var (path, _) = Write(SmallElf.Create());
        var copy = _folder.CreateSubdirectory("small.so.copy");

        var mark = () => ElfVersionNeeds.CopyLoadable(path, copy.FullName, "V_2");

        mark.Should().Throw<IOException>();
        copy.Delete();
        ShouldBe(path, SmallElf.Create());
    }

    private (string Path, DateTime Time) Write(byte[] bytes)
    {
        var path = Path.Combine(_folder.FullName, "small.so");
        File.WriteAllBytes(path, bytes);
        var time = new DateTime(2024, 2, 29, 12, 0, 0, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(path, time);
        return (path, time);
    }

    private static void ShouldBe(string path, byte[] bytes)
    {
        File.ReadAllBytes(path).Should().Equal(bytes);
        Directory.GetFiles(Path.GetDirectoryName(path)!).Should().OnlyContain(file => file == path, "nothing else is left beside it");
    }
}
