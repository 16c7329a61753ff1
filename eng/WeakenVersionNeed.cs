// An inline task: MSBuild compiles this file for .NET Standard 2.0 when a build needs it.
using System;
using System.IO;
using System.Linq;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace Zapping.Training.Build
{
    /// <summary>The build task around <see cref="ElfVersionNeeds"/>.</summary>
    public sealed class WeakenVersionNeed : Task
    {
        /// <summary>The library in the output folder, often a hard link into the package cache.</summary>
        [Required]
        public string File { get; set; }

        /// <summary>The version that the system may lack.</summary>
        [Required]
        public string Version { get; set; }

        /// <summary>Where the system's own library may lie; the first that exists counts.</summary>
        [Required]
        public string[] SystemLibraries { get; set; }

        public override bool Execute()
        {
            var system = SystemLibraries.FirstOrDefault(System.IO.File.Exists);
            if (system == null || Contains(System.IO.File.ReadAllBytes(system), Version))
            {
                return true; // new enough, or a system that we know nothing about
            }

            try
            {
                var bytes = System.IO.File.ReadAllBytes(File);
                if (ElfVersionNeeds.MarkWeak(bytes, Version))
                {
                    Replace(bytes);
                    Log.LogMessage(MessageImportance.Normal, "{0} now loads without {1}, which {2} lacks.", File, Version, system);
                }

                return true;
            }
            catch (Exception failure) when (failure is InvalidDataException || failure is IOException)
            {
                Log.LogError("{0} could not be made to load on this system: {1}", File, failure.Message);
                return false;
            }
        }

        // A new file under the old name leaves the package cache alone, to which the old one may be a hard link. It
        // keeps time and size, so that the next build's copy step finds nothing to do.
        private void Replace(byte[] bytes)
        {
            var time = System.IO.File.GetLastWriteTimeUtc(File);
            var part = File + ".part";
            System.IO.File.WriteAllBytes(part, bytes);
            System.IO.File.SetLastWriteTimeUtc(part, time);
            System.IO.File.Delete(File);
            System.IO.File.Move(part, File);
        }

        private static bool Contains(byte[] library, string version) =>
            Encoding.GetEncoding("iso-8859-1").GetString(library).Contains(version + "\0");
    }

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

        /// <summary>Marks a version as weak in the bytes of a 64-bit little-endian ELF file.</summary>
        /// <returns>Whether a byte was changed; false if the version is weak already or not needed at all.</returns>
        /// <exception cref="InvalidDataException">The bytes are no such file, or are cut short.</exception>
        public static bool MarkWeak(byte[] file, string version)
        {
            if (file.Length < 64 || file[0] != 0x7f || file[1] != 'E' || file[2] != 'L' || file[3] != 'F'
                || file[4] != 2 || file[5] != 1)
            {
                throw new InvalidDataException("not a 64-bit little-endian ELF file");
            }

            var sections = (long)BitConverter.ToUInt64(file, 0x28);
            var sectionSize = BitConverter.ToUInt16(file, 0x3A);
            var sectionCount = BitConverter.ToUInt16(file, 0x3C);
            var changed = false;
            for (var i = 0; i < sectionCount; i++)
            {
                var section = sections + ((long)i * sectionSize);
                if (UInt32At(file, section + 4) == VersionNeeds)
                {
                    var names = sections + ((long)UInt32At(file, section + 40) * sectionSize);
                    changed |= MarkWeak(file, version, OffsetOf(file, section), OffsetOf(file, names), UInt32At(file, section + 44));
                }
            }

            return changed;
        }

        // One entry for each library that is needed, and under it one for each version needed of that library.
        private static bool MarkWeak(byte[] file, string version, long library, long names, uint libraryCount)
        {
            var changed = false;
            for (var i = 0; i < libraryCount; i++)
            {
                var need = library + UInt32At(file, library + 8);
                for (var j = 0; j < UInt16At(file, library + 2); j++)
                {
                    var flags = UInt16At(file, need + 4);
                    if ((flags & WeakFlag) == 0 && NameAt(file, names + UInt32At(file, need + 8)) == version)
                    {
                        file[need + 4] |= WeakFlag;
                        changed = true;
                    }

                    need += UInt32At(file, need + 12);
                }

                library += UInt32At(file, library + 12);
            }

            return changed;
        }

        private static long OffsetOf(byte[] file, long section)
        {
            Check(file, section + 24, 8);
            return (long)BitConverter.ToUInt64(file, (int)section + 24);
        }

        private static uint UInt32At(byte[] file, long offset)
        {
            Check(file, offset, 4);
            return BitConverter.ToUInt32(file, (int)offset);
        }

        private static ushort UInt16At(byte[] file, long offset)
        {
            Check(file, offset, 2);
            return BitConverter.ToUInt16(file, (int)offset);
        }

        private static string NameAt(byte[] file, long offset)
        {
            Check(file, offset, 1);
            var end = Array.IndexOf(file, (byte)0, (int)offset);
            return Encoding.ASCII.GetString(file, (int)offset, (end < 0 ? file.Length : end) - (int)offset);
        }

        private static void Check(byte[] file, long offset, int length)
        {
            if (offset < 0 || offset > file.Length - length)
            {
                throw new InvalidDataException("an ELF table points beyond the end of the file");
            }
        }
    }
}
