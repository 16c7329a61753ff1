using System.Reflection;
using System.Runtime.InteropServices;
using Zapping.Training;

namespace PaperCurves.Report;

/// <summary>Command, machine and versions behind figures.</summary>
public sealed record Circumstances
{
    private const string Library = "Zapping.Training";

    public string CommandLine { get; init; } = string.Join(' ', Environment.GetCommandLineArgs().Skip(1));

    public string Machine { get; init; } = $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}, {Environment.ProcessorCount} processors";

    public IReadOnlyDictionary<string, string> Versions { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        [".NET"] = RuntimeInformation.FrameworkDescription,
        [Library] = VersionOf(typeof(ContinualTrainer)),
        ["TorchSharp"] = VersionOf(typeof(TorchSharp.torch)),
        ["libtorch"] = TorchSharp.torch.__version__,
    };

    /// <summary>Says which version of the library made something and which this is, if they differ; null if they do not.</summary>
    public string? OtherVersion() => OtherVersion(Versions.GetValueOrDefault(Library, "of an unknown version"));

    /// <summary>The same for something whose version is known.</summary>
    public static string? OtherVersion(string libraryVersion)
    {
        var (made, now) = (Release(libraryVersion), Release(VersionOf(typeof(ContinualTrainer))));
        return made == now ? null : $"{Library} {made}, and this is {now}";
    }

    // Of a pre-release the version that it comes before.
    private static string Release(string version) => version.Split('-', '+')[0];

    private static string VersionOf(Type type) =>
        type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
