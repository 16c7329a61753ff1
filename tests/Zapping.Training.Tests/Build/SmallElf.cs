using System.Buffers.Binary;

namespace Zapping.Training.Tests.Build;

/// <summary>
/// An ELF file that needs V_1.2 and V_2 of one library and V_1 of another: names, needs, and section headers at the very
/// end, so that a file cut anywhere is damaged.
/// </summary>
internal static class SmallElf
{
    public const int Library = 128;          // the first of two Elf64_Verneed
    public const int Version = Library + 32; // the first of three Elf64_Vernaux
    public const int NeedsHeader = Headers + (2 * HeaderSize);

    private const int Names = 64;
    private const int Headers = Version + 48;
    private const int HeaderSize = 64;

    public static byte[] Create()
    {
        var file = new byte[Headers + (3 * HeaderSize)];
        "\u007fELF\u0002\u0001"u8.CopyTo(file);
        Write(file, 0x28, Headers);
        Write(file, 0x3A, HeaderSize | (3 << 16));

        var names = "\0V_1\0V_1.2\0V_2\0"u8;
        names.CopyTo(file.AsSpan(Names));
        WriteHeader(file, Headers + HeaderSize, type: 3, Names, names.Length);
        WriteHeader(file, NeedsHeader, type: 0x6ffffffe, Library, Headers - Library);
        Write(file, NeedsHeader + 40, 1); // sh_link: where the names are
        Write(file, NeedsHeader + 44, 2); // sh_info: how many libraries

        WriteLibrary(file, Library, versions: 2, first: Version, next: 16);
        WriteLibrary(file, Library + 16, versions: 1, first: Version + 32, next: 0);
        WriteVersion(file, Version, names.IndexOf("V_1.2\0"u8), next: 16);
        WriteVersion(file, Version + 16, names.IndexOf("V_2\0"u8), next: 0);
        WriteVersion(file, Version + 32, names.IndexOf("V_1\0"u8), next: 0);
        return file;
    }

    /// <summary>Where the flags of one of the three needed versions are.</summary>
    public static int FlagsOf(int version) => Version + (16 * version) + 4;

    public static void Write(byte[] file, int offset, uint value) =>
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(offset), value);

    private static void Write(byte[] file, int offset, int value) => Write(file, offset, (uint)value);

    private static void WriteHeader(byte[] file, int header, uint type, int start, int length)
    {
        Write(file, header + 4, type);
        Write(file, header + 24, start);
        Write(file, header + 32, length);
    }

    private static void WriteLibrary(byte[] file, int library, int versions, int first, int next)
    {
        Write(file, library, 1 | (versions << 16)); // vn_version, vn_cnt
        Write(file, library + 8, first - library);
        Write(file, library + 12, next);
    }

    private static void WriteVersion(byte[] file, int version, int name, int next)
    {
        Write(file, version + 8, name);
        Write(file, version + 12, next);
    }
}
