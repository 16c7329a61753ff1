using PaperCurves.Pretraining;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;
using Zapping.CommandLine;
using Zapping.Models;

namespace PaperCurves.Sweeps;

/// <summary>Reads sweep files, strictly: what is not understood is refused with the line that says it.</summary>
public static class SweepFile
{
    private const string Resources = "Sweeps/";
    private const string Extension = ".yaml";

    private static readonly string[] Keys = ["name", "preset", "model", "networks", "transfers", "validation"];

    /// <summary>Names of the sweeps that come with the app: full-grid, omniglot, quick, recipes, smoke.</summary>
    public static IReadOnlyList<string> BuiltIn { get; } =
    [
        .. typeof(SweepFile).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Resources, StringComparison.Ordinal))
            .Select(name => name[Resources.Length..^Extension.Length])
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Reads a file, or one of <see cref="BuiltIn"/>.</summary>
    /// <param name="fileOrName">Path of a file; where there is none, a name.</param>
    /// <exception cref="SweepException">There is neither, or it says what cannot be done.</exception>
    public static Sweep Read(string fileOrName)
    {
        if (File.Exists(fileOrName))
        {
            return Parse(File.ReadAllText(fileOrName), fileOrName);
        }

        using var resource = typeof(SweepFile).Assembly.GetManifestResourceStream($"{Resources}{fileOrName}{Extension}")
            ?? throw new SweepException($"{fileOrName}: there is no such file, and no such sweep in the app{Spelling.Hint(fileOrName, BuiltIn)}");
        using var reader = new StreamReader(resource);
        return Parse(reader.ReadToEnd(), $"{fileOrName}{Extension}");
    }

    /// <summary>Reads the text of a sweep file.</summary>
    /// <param name="yaml">The text.</param>
    /// <param name="file">Name of the file, for messages.</param>
    /// <exception cref="SweepException">It says what cannot be done.</exception>
    public static Sweep Parse(string yaml, string file)
    {
        var map = Load(yaml, file).Map(Keys);
        var name = map.Required("preset").Word(PaperPlans.Names);
        var preset = Preset.All.Single(each => each.Name == name);
        var networks = Named(map.Required("networks"), NetworkKeys.Read);
        var names = networks.Select(network => network.Name).ToList();
        return new Sweep(
            file,
            map.Required("name").SafeName(),
            preset,
            map.Optional("model")?.Word(ModelCatalog.Names) ?? "convnet",
            networks,
            Named(map.Required("transfers"), (transfer, value) => TransferKeys.Read(transfer, value, preset, names)),
            map.Optional("validation") is { } validation ? ReadValidation(validation.Map(["classes", "trials"])) : null);
    }

    private static YamlValue Load(string yaml, string file)
    {
        var stream = new YamlStream();
        var parser = new ShallowParser(new StringReader(yaml));
        try
        {
            stream.Load(parser);
        }
        catch (YamlException failure)
        {
            throw SweepException.At(file, Math.Max(1, failure.Start.Line), $"this is no YAML: {failure.Message}", failure);
        }
        catch (Exception failure) when (failure is InvalidOperationException or ArgumentException)
        {
            // YamlDotNet says no more about brackets that it cannot match and keys that it does not find.
            throw SweepException.At(file, Math.Max(1, parser.Current?.End.Line ?? 1), "this is no YAML: brackets do not match, or a key is missing", failure);
        }

        return stream.Documents switch
        {
            [var only] => new YamlValue(file, "", only.RootNode),
            [] => throw SweepException.At(file, 1, "the file is empty; it must be a mapping of keys to values"),
            [_, var second, ..] => throw SweepException.At(file, second.RootNode.Start.Line, "a second document begins here; there must be one"),
        };
    }

    private static List<T> Named<T>(YamlValue value, Func<string, YamlValue, T> read)
    {
        var map = value.Map(keys: null);
        var entries = new List<T>();
        foreach (var (name, entry) in map.Entries)
        {
            entries.Add(read(YamlValue.IsSafeName(name) ? name : throw entry.Wrong($"its name must be {YamlValue.SafeNames}"), entry));
        }

        return entries.Count > 0 ? entries : throw value.Wrong("there must be at least one");
    }

    private static ValidationSweep ReadValidation(YamlMap map) =>
        new(map.Required("classes").Integer(1), map.Required("trials").Integer(1, 1000));
}
