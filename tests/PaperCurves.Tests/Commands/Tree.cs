using System.Security.Cryptography;
using Zapping.Training.Files;

namespace PaperCurves.Tests.Commands;

/// <summary>Everything below a folder, to be compared before and after.</summary>
internal static class Tree
{
    /// <summary>Each folder, and each file with the SHA-256 of what is in it.</summary>
    public static IReadOnlyList<string> Of(string folder) =>
    [
        .. new DirectoryInfo(folder).EnumerateFileSystemInfos("*", SearchOption.AllDirectories)
            .Select(entry => $"{Path.GetRelativePath(folder, entry.FullName)} {ContentOf(entry)}")
            .Order(StringComparer.Ordinal),
    ];

    private static string ContentOf(FileSystemInfo entry) => entry switch
    {
        { LinkTarget: { } target } => $"leads to {target}",
        DirectoryInfo => "",
        _ when FileLock.IsTaken(entry.FullName) => "is held by somebody",
        _ => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(entry.FullName))),
    };
}
