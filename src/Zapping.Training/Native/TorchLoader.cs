using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.InteropServices;
using TorchSharp;
using Zapping.Training.Build;

namespace Zapping.Training.Native;

/// <summary>
/// Loads TorchSharp's native library where nothing was built: F# Interactive (<c>dotnet fsi</c>), notebooks, and programs that were built on a newer Linux.
/// <para>
/// Built applications do not need it: the package's build targets make the library in the output folder loadable. In a script no build runs, and the library
/// does not load on Linux systems whose libstdc++ is older than GCC 13 (Debian 12, Ubuntu 22.04). On systems where it could load, TorchSharp first copies
/// libtorch, about 475 MB, within NuGet's cache. <see cref="EnsureLoaded"/> loads libtorch from where NuGet has unpacked it, and then TorchSharp's library, on
/// older systems from a temporary copy that does not ask for the newer libstdc++. NuGet's cache stays as it is.
/// </para>
/// </summary>
/// <threadsafety>May be called from any thread, any number of times.</threadsafety>
public static class TorchLoader
{
    private const string Library = "libLibTorchSharp.so";
    private const string Backend = "libtorch-cpu-linux-x64";

    // Each after what it needs. A libtorch for the CPU has nothing of CUDA.
    private static readonly string[] LibTorch = ["libc10.so", "libc10_cuda.so", "libtorch_cpu.so", "libtorch_cuda.so", "libtorch.so"];

    private static readonly Lock Gate = new();

    private static bool isLoaded;

    /// <summary>
    /// Makes sure that TorchSharp's native library is loaded. It is to be called before the first tensor: where TorchSharp has tried and failed, it does not try
    /// again. Nothing happens where the library loads by itself or is loaded, nor on systems other than Linux on x64.
    /// </summary>
    /// <exception cref="DllNotFoundException">
    /// TorchSharp's library or libtorch was found neither beside the program nor in the folder of packages from which TorchSharp was loaded, or it does not load. The
    /// message names the cause.
    /// </exception>
    public static void EnsureLoaded()
    {
        lock (Gate)
        {
            if (isLoaded || !OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
            {
                return;
            }

            var assembly = typeof(torch).Assembly;
            if (!NativeLibrary.TryLoad("LibTorchSharp", assembly, searchPath: null, out _))
            {
                Load(AppContext.BaseDirectory, PackageOf(assembly), WantedVersion());
            }

            isLoaded = true;
        }
    }

    /// <summary>Loads the libraries from a program's folder, or from the folders of packages.</summary>
    /// <param name="folder">The program's.</param>
    /// <param name="package">The folder of TorchSharp's package; null: it was not loaded from one.</param>
    /// <param name="version">The version of libtorch that TorchSharp is for; null: the newest there is.</param>
    internal static void Load(string folder, string? package, string? version)
    {
        string[] torchSharp = [folder, .. package is null ? [] : (string[])[Natives(package)]];
        var library = torchSharp.Select(place => Path.Combine(place, Library)).FirstOrDefault(File.Exists)
            ?? throw new DllNotFoundException($"{Library} is in none of: {string.Join(", ", torchSharp)}.");
        string[] libTorch = [folder, .. package is null ? [] : LibTorchPackages(Path.Combine(package, "..", "..", Backend), version)];
        var natives = Array.Find(libTorch, place => File.Exists(Path.Combine(place, "libtorch_cpu.so")))
            ?? throw new DllNotFoundException(
                $"libtorch {version} was not found in {string.Join(", ", libTorch)}, nor its package {Backend}. A script refers to it with #r \"nuget: TorchSharp-cpu\" before the first tensor.");

        foreach (var path in LibTorch.Select(name => Path.Combine(natives, name)).Where(File.Exists))
        {
            NativeLibrary.Load(path);
        }

        if (!NativeLibrary.TryLoad(library, out _))
        {
            LoadCopy(library);
        }
    }

    // TorchSharp asks for the library by its bare name, which the system then finds loaded: the name that counts is inside the file, not that of its folder.
    private static void LoadCopy(string library)
    {
        var folder = Directory.CreateTempSubdirectory("zapping-");
        try
        {
            var copy = Path.Combine(folder.FullName, Library);
            ElfVersionNeeds.CopyLoadable(library, copy, "GLIBCXX_3.4.32");
            NativeLibrary.Load(copy);
        }
        catch (InvalidDataException damaged)
        {
            throw new DllNotFoundException($"{library} does not load: {damaged.Message}.", damaged);
        }
        finally
        {
            folder.Delete(recursive: true); // what is loaded stays loaded
        }
    }

    // .../torchsharp/0.107.0/lib/net8.0/TorchSharp.dll
    [UnconditionalSuppressMessage("SingleFile", "IL3000", Justification = "Within a single file the location is empty, and there is no package.")]
    private static string? PackageOf(Assembly assembly)
    {
        var package = string.IsNullOrEmpty(assembly.Location) ? null : Path.GetFullPath(Path.Combine(assembly.Location, "..", "..", ".."));
        return package is not null && Directory.Exists(Natives(package)) ? package : null;
    }

    private static string[] LibTorchPackages(string folder, string? version)
    {
        var installed = Directory.Exists(folder) ? Directory.GetDirectories(folder) : [];
        return
        [
            .. from path in installed
               let found = Version.TryParse(Path.GetFileName(path), out var number) ? number : null
               where found is not null && (version is null || IsSame(found, Version.Parse(version)))
               orderby found descending
               select Natives(Path.GetFullPath(path)),
        ];
    }

    // 2.10.0 of a package is 2.10.0.0 of TorchSharp
    private static bool IsSame(Version found, Version wanted) => (found.Major, found.Minor, found.Build) == (wanted.Major, wanted.Minor, wanted.Build);

    private static string Natives(string package) => Path.Combine(package, "runtimes", "linux-x64", "native");

    // A constant's value is read from metadata: to ask the class itself would have TorchSharp load its library.
    private static string? WantedVersion() =>
        typeof(torch).GetField("libtorchPackageVersion", BindingFlags.Static | BindingFlags.NonPublic)?.GetRawConstantValue() as string;
}
