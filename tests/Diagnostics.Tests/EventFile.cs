using System.Buffers.Binary;
using System.Numerics;
using Google.Protobuf;

namespace Diagnostics.Tests;

/// <summary>A scalar of an event file.</summary>
internal sealed record ScalarEvent(string Tag, long Step, float Value, DateTimeOffset Time);

/// <summary>
/// Reads TensorBoard's event files: TFRecords (length, its checksum, data, its checksum) of Event messages. Of event.proto and
/// summary.proto, only what scalars need.
/// </summary>
internal static class EventFile
{
    /// <exception cref="InvalidDataException">A checksum is wrong, or the file ends within a record.</exception>
    public static (string Version, IReadOnlyList<ScalarEvent> Scalars) Read(string path)
    {
        var version = "";
        var scalars = new List<ScalarEvent>();
        foreach (var record in Records(File.ReadAllBytes(path)))
        {
            ReadEvent(record, ref version, scalars);
        }

        return (version, scalars);
    }

    public static IReadOnlyList<byte[]> Records(byte[] file)
    {
        var records = new List<byte[]>();
        var at = 0;
        while (at < file.Length)
        {
            var header = Take(8);
            Check(header);
            var data = Take(checked((int)BinaryPrimitives.ReadUInt64LittleEndian(header)));
            Check(data);
            records.Add(data);
        }

        return records;

        byte[] Take(int count)
        {
            if (count > file.Length - at)
            {
                throw new InvalidDataException($"The file ends within a record, at {at}.");
            }

            at += count;
            return file[(at - count)..at];
        }

        void Check(byte[] data)
        {
            if (BinaryPrimitives.ReadUInt32LittleEndian(Take(4)) != Masked(data))
            {
                throw new InvalidDataException($"A checksum is wrong, before {at}.");
            }
        }
    }

    // CRC-32C, masked as in record_writer.h, so that a checksum of data with checksums stays good.
    private static uint Masked(byte[] data)
    {
        var crc = ~data.Aggregate(uint.MaxValue, BitOperations.Crc32C);
        return unchecked(((crc >> 15) | (crc << 17)) + 0xa282ead8u);
    }

    private static void ReadEvent(byte[] data, ref string version, List<ScalarEvent> scalars)
    {
        var (time, step) = (0.0, 0L);
        var summary = Array.Empty<byte>();
        var message = new CodedInputStream(data);
        while (message.ReadTag() is var tag and not 0)
        {
            switch (WireFormat.GetTagFieldNumber(tag))
            {
                case 1: time = message.ReadDouble(); break;
                case 2: step = message.ReadInt64(); break;
                case 3: version = message.ReadString(); break;
                case 5: summary = message.ReadBytes().ToByteArray(); break;
                default: message.SkipLastField(); break;
            }
        }

        var values = new CodedInputStream(summary);
        while (values.ReadTag() is var tag and not 0)
        {
            var (name, value) = ReadValue(values.ReadBytes().ToByteArray());
            scalars.Add(new ScalarEvent(name, step, value, DateTimeOffset.UnixEpoch.AddSeconds(time)));
        }
    }

    private static (string Tag, float Value) ReadValue(byte[] data)
    {
        var (name, value) = ("", float.NaN);
        var message = new CodedInputStream(data);
        while (message.ReadTag() is var tag and not 0)
        {
            switch (WireFormat.GetTagFieldNumber(tag))
            {
                case 1: name = message.ReadString(); break;
                case 2: value = message.ReadFloat(); break;
                default: message.SkipLastField(); break;
            }
        }

        return (name, value);
    }
}
