using System.Reflection;
using System.Runtime.InteropServices;
using Zapping.Training;

namespace PaperCurves.Report;

/// <summary>Command, machine and versions behind figures.</summary>
public sealed record Circumstances
{
    public string CommandLine { get; init; } = string.Join(' ', Environment.GetCommandLineArgs().Skip(1));

    public string Machine { get; init; } = $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}, {Environment.ProcessorCount} processors";

    public IReadOnlyDictionary<string, string> Versions { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        [".NET"] = RuntimeInformation.FrameworkDescription,
        ["Zapping.Training"] = VersionOf(typeof(ContinualTrainer)),
        ["TorchSharp"] = VersionOf(typeof(TorchSharp.torch)),
        ["libtorch"] = TorchSharp.torch.__version__,
    };

    private static string VersionOf(Type type) =>
        type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
