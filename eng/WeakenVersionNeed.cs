// Compiled twice: by MSBuild as an inline task (.NET Standard 2.0, no symbol defined), and, without the task, into the
// library, which does not reference MSBuild.
using System.Text;
#if !NET
using System;
using System.IO;
using System.Linq;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
#endif

namespace Zapping.Training.Build;

#if !NET
/// <summary>The build task around <see cref="ElfVersionNeeds"/>.</summary>
public sealed class ZappingWeakenVersionNeed : Task
{
    /// <summary>The library, in the package cache, which is left as it is.</summary>
    [Required]
    public string Library { get; set; }

    /// <summary>The file to write: the library, changed if it needs the version.</summary>
    [Required]
    public string Copy { get; set; }

    /// <summary>The version that the system may lack.</summary>
    [Required]
    public string Version { get; set; }

    public override bool Execute()
    {
        try
        {
            if (ElfVersionNeeds.CopyLoadable(Library, Copy, Version))
            {
                Log.LogMessage(MessageImportance.Normal, "{0} is a copy of {1} that loads without {2}.", Copy, Library, Version);
            }

            return true;
        }
        catch (Exception failure) when (failure is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            Log.LogError("{0} could not be made to load on this system: {1}", Library, failure.Message);
            return false;
        }
    }
}
#endif

/// <summary>
/// Changes one bit in a shared library: a symbol version that it needs becomes a weak need, so that the dynamic
/// linker of a system without that version loads the library all the same. That is safe as long as nothing calls
/// the symbols behind the version, which for libLibTorchSharp.so and GLIBCXX_3.4.32 is so: the only one is an
/// initialiser that newer headers mention and nobody calls.
/// </summary>
internal static class ElfVersionNeeds
{
    private const uint VersionNeeds = 0x6ffffffe; // SHT_GNU_verneed
    private const int WeakFlag = 2;               // VER_FLG_WEAK
    private const int EntrySize = 16;             // Elf64_Verneed and Elf64_Vernaux alike

    /// <summary>Copies a file with a version marked as weak. The copy is written in one step or not at all.</summary>
    /// <returns>Whether the copy differs from the file.</returns>
    /// <exception cref="InvalidDataException">The file is no 64-bit little-endian ELF file, or is damaged.</exception>
    public static bool CopyLoadable(string path, string copy, string version)
    {
        var bytes = File.ReadAllBytes(path);
        var changed = MarkWeak(bytes, version);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(copy))!);

        // A new file under the name: an old one may be loaded, or be linked to from an output folder. Of this process alone, as several may write.
        var part = $"{copy}.{Guid.NewGuid():n}";
        try
        {
            File.WriteAllBytes(part, bytes);
            if (File.Exists(copy))
            {
                File.Replace(part, copy, destinationBackupFileName: null); // rename(2): the name always has a whole file
            }
            else
            {
                File.Move(part, copy);
            }
        }
        finally
        {
            File.Delete(part);
        }

        return changed;
    }

    /// <summary>Marks a version as weak in the bytes of a 64-bit little-endian ELF file.</summary>
    /// <returns>Whether a byte was changed; false if the version is weak already or not needed at all.</returns>
    /// <exception cref="InvalidDataException">The bytes are no such file, or are damaged.</exception>
    public static bool MarkWeak(byte[] file, string version)
    {
        if (file.Length < 64 || file[0] != 0x7f || file[1] != 'E' || file[2] != 'L' || file[3] != 'F'
            || file[4] != 2 || file[5] != 1)
        {
            throw new InvalidDataException("not a 64-bit little-endian ELF file");
        }

        var name = Encoding.ASCII.GetBytes(version + "\0");
        var size = BitConverter.ToUInt16(file, 0x3A);
        var count = BitConverter.ToUInt16(file, 0x3C);
        var headers = new Table(file, BitConverter.ToUInt64(file, 0x28), (ulong)size * count);
        var changed = false;
        for (var i = 0; i < count; i++)
        {
            var header = (long)i * size;
            if (headers.UInt32(header + 4) == VersionNeeds)
            {
                var names = headers.UInt32(header + 40) * (long)size;
                changed |= MarkWeak(headers.Section(header), headers.Section(names), headers.UInt32(header + 44), name);
            }
        }

        return changed;
    }

    // One entry for each library that is needed, and under it one for each version needed of that library.
    private static bool MarkWeak(Table needs, Table names, uint libraries, byte[] name)
    {
        var changed = false;
        var room = needs.Length / EntrySize; // whatever counts and links say, no more entries than this can be there
        for (long library = 0; libraries > 0; libraries--, library += needs.UInt32(library + 12))
        {
            Take(ref room);
            var need = library + needs.UInt32(library + 8);
            for (var versions = needs.UInt16(library + 2); versions > 0; versions--, need += needs.UInt32(need + 12))
            {
                Take(ref room);
                if ((needs.UInt16(need + 4) & WeakFlag) == 0 && names.HasAt(needs.UInt32(need + 8), name))
                {
                    needs.SetBits(need + 4, WeakFlag);
                    changed = true;
                }
            }
        }

        return changed;
    }

    private static void Take(ref long room)
    {
        if (--room < 0)
        {
            throw new InvalidDataException("the ELF file is damaged: it counts more needed versions than it has room for");
        }
    }

    // A part of the file: nothing is read or written outside of it.
    private readonly struct Table
    {
        private readonly byte[] _file;
        private readonly int _start;
        private readonly int _length;

        public Table(byte[] file, ulong start, ulong length)
        {
            if (start > (ulong)file.Length || length > (ulong)file.Length - start)
            {
                throw new InvalidDataException("the ELF file is damaged: a table goes beyond the end of the file");
            }

            (_file, _start, _length) = (file, (int)start, (int)length);
        }

        public long Length => _length;

        public ushort UInt16(long offset) => BitConverter.ToUInt16(_file, At(offset, 2));

        public uint UInt32(long offset) => BitConverter.ToUInt32(_file, At(offset, 4));

        public void SetBits(long offset, byte bits) => _file[At(offset, 1)] |= bits;

        public Table Section(long header) => new(_file, UInt64(header + 24), UInt64(header + 32));

        public bool HasAt(long offset, byte[] text)
        {
            var start = At(offset, 1);
            var same = text.Length <= _length - offset;
            for (var i = 0; same && i < text.Length; i++)
            {
                same = _file[start + i] == text[i];
            }

            return same;
        }

        private ulong UInt64(long offset) => BitConverter.ToUInt64(_file, At(offset, 8));

        private int At(long offset, int length)
        {
            if (offset < 0 || offset > _length - length)
            {
                throw new InvalidDataException("the ELF file is damaged: an entry lies outside of its table");
            }

            return _start + (int)offset;
        }
    }
}
