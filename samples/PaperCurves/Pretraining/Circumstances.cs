using System.Reflection;
using System.Runtime.InteropServices;
using Zapping.Training;
using Zapping.Training.Native;

namespace PaperCurves.Pretraining;

/// <summary>Command, machine and versions behind figures.</summary>
public sealed record Circumstances
{
    private const string Library = "Zapping.Training";

    public string CommandLine { get; init; } = string.Join(' ', Environment.GetCommandLineArgs().Skip(1));

    public string Machine { get; init; } = $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}, {Environment.ProcessorCount} processors";

    /// <summary>What was found of libtorch's convolutions on this machine, and done; null in records from before it was looked at.</summary>
    public ConvolutionGuardState? Convolutions { get; init; } = ConvolutionGuard.Status.State;

    public IReadOnlyDictionary<string, string> Versions { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        [".NET"] = RuntimeInformation.FrameworkDescription,
        [Library] = VersionOf(typeof(ContinualTrainer)),
        ["TorchSharp"] = VersionOf(typeof(TorchSharp.torch)),
        ["libtorch"] = TorchSharp.torch.__version__,
    };

    /// <summary>Says which version of the library made something and which this is, if results of the two cannot stand side by side; otherwise null.</summary>
    public string? OtherVersion() => OtherVersion(Versions.GetValueOrDefault(Library, "of an unknown version"));

    /// <summary>The same for something whose version is known.</summary>
    public static string? OtherVersion(string libraryVersion) => OtherVersion(libraryVersion, VersionOf(typeof(ContinualTrainer)));

    // A patch changes no result, and what lies behind a release has a patch's number: 0.1.1-alpha.0.3 is three commits behind 0.1.0.
    internal static string? OtherVersion(string made, string now) =>
        Minor(made) == Minor(now) ? null : $"{Library} {WithoutCommit(made)}, and this is {WithoutCommit(now)}";

    private static string Minor(string version) => string.Join('.', version.Split('.').Take(2));

    private static string WithoutCommit(string version) => version.Split('+')[0];

    private static string VersionOf(Type type) =>
        type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
