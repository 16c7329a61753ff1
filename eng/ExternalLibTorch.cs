using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;

namespace Zapping.Training.Build;

/// <summary>
/// Compiled into whatever is built with TorchBackend=external, which brings no libtorch: before the first line of the
/// application, libtorch is loaded from the folder that ZAPPING_LIBTORCH names. When TorchSharp's own library then asks
/// for libtorch.so and the like, the system takes what is loaded already under these names.
/// </summary>
/// <remarks>Seen in this file only, because an application may see the internals of another that has it too.</remarks>
file static class ExternalLibTorch
{
    private const string Variable = "ZAPPING_LIBTORCH";

    // Each after what it needs. A libtorch for the CPU has nothing of CUDA.
    private static readonly (string File, bool Required)[] Libraries =
        [("libc10.so", true), ("libc10_cuda.so", false), ("libtorch_cpu.so", true), ("libtorch_cuda.so", false), ("libtorch.so", true)];

    // uint64_t aoti_torch_abi_version(): major, minor and patch in the highest three bytes
    private delegate ulong AbiVersion();

    // TorchSharp must not be left to find out that libtorch is missing: it would speak of packages that are not wanted
    // here and, where it finds one in a package cache, copy 475 MB next to the application.
    [ModuleInitializer]
    internal static void LoadOrExit()
    {
        if (Load(Environment.GetEnvironmentVariable(Variable)) is { } problem)
        {
            Console.Error.WriteLine(problem);
            Environment.Exit(2);
        }
    }

    /// <returns>What stands in the way, or null.</returns>
    private static string? Load(string? folder)
    {
        var wanted = Wanted();
        if (string.IsNullOrEmpty(folder))
        {
            return $"""
                This program was built without libtorch. Set {Variable} to a folder with libtorch {wanted}, such as PyTorch's:
                  export {Variable}="$(python3 -c 'import os, torch; print(os.path.join(os.path.dirname(torch.__file__), "lib"))')"
                """;
        }

        folder = Path.GetFullPath(folder);
        var found = Libraries.Where(library => File.Exists(Path.Combine(folder, library.File))).ToList();
        var missing = Libraries.Except(found).Where(library => library.Required).Select(library => library.File).ToList();
        if (missing.Count > 0)
        {
            return $"{Variable} is {folder}, but {string.Join(", ", missing)} {(missing.Count == 1 ? "is" : "are")} not there.";
        }

        try
        {
            foreach (var (file, _) in found)
            {
                NativeLibrary.Load(Path.Combine(folder, file));
            }

            var version = VersionOf(folder);
            if (!version.StartsWith(wanted + ".", StringComparison.Ordinal))
            {
                return $"{Variable} is {folder}, which has libtorch {version}; TorchSharp needs {wanted}.";
            }

            NativeLibrary.Load("LibTorchSharp", typeof(torch).Assembly, searchPath: null);
            return null;
        }
        catch (Exception failure) when (failure is DllNotFoundException or BadImageFormatException)
        {
            return $"{Variable} is {folder}, but what is there does not load. {failure.Message.Trim()}";
        }
    }

    // torch.__version__ says so too, but only when libtorch is loaded.
    private static string Wanted()
    {
        var version = typeof(ExternalLibTorch).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(attribute => attribute.Key == "LibTorchVersion").Value!;
        return Version.Parse(version).ToString(2);
    }

    // Older libraries do not tell their version; PyTorch does, in a file of its own.
    private static string VersionOf(string folder)
    {
        var library = NativeLibrary.Load(Path.Combine(folder, "libtorch_cpu.so")); // a second time: the same handle
        if (NativeLibrary.TryGetExport(library, "aoti_torch_abi_version", out var function))
        {
            var bits = Marshal.GetDelegateForFunctionPointer<AbiVersion>(function)();
            return $"{bits >> 56}.{(bits >> 48) & 0xff}.{(bits >> 40) & 0xff}";
        }

        var file = Path.Combine(folder, "..", "version.py");
        var line = File.Exists(file)
            ? File.ReadLines(file).FirstOrDefault(line => line.StartsWith("__version__ =", StringComparison.Ordinal))
            : null;
        return line?.Split('=')[1].Trim(' ', '\'', '"') ?? "of an earlier version";
    }
}
