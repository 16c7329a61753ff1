using System.Diagnostics;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Xml.Linq;
using Xunit;

namespace Zapping.Training.Tests.Build;

/// <summary>A project in a temporary folder that imports the repository's eng files, as an application does.</summary>
internal sealed class ThrowawayProject : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("zapping-build-");

    public ThrowawayProject()
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && RuntimeInformation.OSArchitecture == Architecture.X64, "the fix is for Linux on x64");
        foreach (var file in new[] { "nuget.config", "Directory.Packages.props", "global.json" })
        {
            File.Copy(Path.Combine(Repository, file), Path.Combine(_folder.FullName, file));
        }

        File.WriteAllText(Path.Combine(_folder.FullName, "Program.cs"), "System.Console.WriteLine(TorchSharp.torch.ones(3).sum().item<float>());");
        File.WriteAllText(Path.Combine(_folder.FullName, "app.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <Import Project="{Repository}/eng/Backend.props" />
              <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework></PropertyGroup>
              <PropertyGroup><Nullable>enable</Nullable><ImplicitUsings>enable</ImplicitUsings></PropertyGroup>
              <ItemGroup><PackageReference Include="TorchSharp" /></ItemGroup>
              <Import Project="{Repository}/eng/Backend.targets" />
            </Project>
            """);
    }

    /// <summary>The repository's root: the folder with the solution.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>Where NuGet unpacks packages.</summary>
    public static string PackageCache => Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    /// <summary>The version of libtorch that the repository is built with.</summary>
    public static string LibTorchVersion => XDocument.Load(Path.Combine(Repository, "Directory.Packages.props")).Descendants("LibTorchVersion").Single().Value;

    /// <summary>The library as the package has it, read from the package itself and not from the unpacked cache.</summary>
    public static byte[] PackagedLibrary()
    {
        using var package = ZipFile.OpenRead(Path.Combine(PackageFolder, $"torchsharp.{Path.GetFileName(PackageFolder)}.nupkg"));
        using var entry = package.GetEntry("runtimes/linux-x64/native/libLibTorchSharp.so")!.Open();
        using var bytes = new MemoryStream();
        entry.CopyTo(bytes);
        return bytes.ToArray();
    }

    /// <summary>The same library, unpacked in the NuGet cache.</summary>
    public static string CachedLibrary => Path.Combine(PackageFolder, "runtimes", "linux-x64", "native", "libLibTorchSharp.so");

    public string OutputFolder => Path.Combine(_folder.FullName, "bin", "Debug", "net10.0", "linux-x64");

    public string OutputLibrary => Path.Combine(OutputFolder, "libLibTorchSharp.so");

    public (int ExitCode, string Output) Build(params string[] arguments) => Dotnet(["build", .. arguments]);

    public (int ExitCode, string Output) Dotnet(params string[] arguments) => Run("dotnet", arguments);

    /// <summary>Writes a file of the project, or writes over it.</summary>
    public void Write(string file, string text) => File.WriteAllText(Path.Combine(_folder.FullName, file), text);

    /// <summary>Deletes a file of the project.</summary>
    public void Delete(string file) => File.Delete(Path.Combine(_folder.FullName, file));

    /// <summary>Reads a file of the project.</summary>
    public string Read(string file) => File.ReadAllText(Path.Combine(_folder.FullName, file));

    /// <summary>Runs what <see cref="Build"/> has built.</summary>
    public (int ExitCode, string Output) RunBuilt() => Run(Path.Combine(OutputFolder, "app"), []);

    /// <summary>Where <see cref="PublishExternal"/> publishes to.</summary>
    public string PublishFolder => Path.Combine(_folder.FullName, "published");

    /// <summary>Publishes an application that brings no libtorch.</summary>
    /// <returns>What the build said.</returns>
    public string PublishExternal(params string[] arguments)
    {
        var (exitCode, output) = Dotnet(["publish", "-p:TorchBackend=external", "-o", PublishFolder, .. arguments]);
        Assert.True(exitCode == 0, output);
        return output;
    }

    /// <summary>Runs what was published.</summary>
    /// <param name="libTorch">What ZAPPING_LIBTORCH is set to; null: it is not set.</param>
    /// <param name="arguments">What it is given.</param>
    public (int ExitCode, string Output) RunPublished(string? libTorch, params string[] arguments) =>
        Run(Path.Combine(PublishFolder, "app"), arguments, ("ZAPPING_LIBTORCH", libTorch));

    /// <summary>Has the project use a built library, and the packages that it needs.</summary>
    public void Reference(string library, params string[] packages)
    {
        var path = Path.Combine(_folder.FullName, "app.csproj");
        var items = string.Concat(packages.Select(package => $"<PackageReference Include=\"{package}\" />"));
        File.WriteAllText(path, File.ReadAllText(path).Replace(
            "<PackageReference Include=\"TorchSharp\" />", $"<PackageReference Include=\"TorchSharp\" />{items}<Reference Include=\"{library}\" />", StringComparison.Ordinal));
    }

    /// <summary>A folder beside the project.</summary>
    public DirectoryInfo Folder(string name) => _folder.CreateSubdirectory(name);

    public (int ExitCode, string Output) Run(
        string program, string[] arguments, params (string Name, string? Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = _folder.FullName,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        start.Environment["DOTNET_BUNDLE_EXTRACT_BASE_DIR"] = Path.Combine(_folder.FullName, "extracted");
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.Result);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static string PackageFolder =>
        Path.Combine(PackageCache, "torchsharp", typeof(TorchSharp.torch).Assembly.GetName().Version!.ToString(3));

    private static string FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Zapping.Training.sln")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }
}
