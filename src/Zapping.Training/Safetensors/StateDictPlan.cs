using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training.Safetensors;

/// <summary>Which tensor of a file goes where in a module: first everything is checked, then read, then written.</summary>
internal sealed class StateDictPlan
{
    private readonly List<(string InFile, string InModule, Tensor Target)> _pairs = [];
    private readonly HashSet<TensorIdentity> _parameters;
    private readonly List<string> _missing = [];
    private readonly List<string> _unexpected = [];
    private readonly List<string> _misfits = [];

    public StateDictPlan(nn.Module module, SafetensorsFile file, StateDictKeyMap names, bool convert)
    {
        var targets = ModuleTensors.Of(module);
        _parameters = [.. module.parameters().Select(parameter => TensorIdentity.Of(parameter))];
        var sources = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var inFile in file.Names)
        {
            var inModule = names.ToModule(inFile);
            if (!targets.TryGetValue(inModule, out var target))
            {
                _unexpected.Add(inFile);
            }
            else if (!sources.TryAdd(inModule, inFile))
            {
                _misfits.Add($"'{sources[inModule]}' and '{inFile}' both become '{inModule}'");
            }
            else if (Misfit(file[inFile], target, convert || ModuleTensors.IsCounter(inModule)) is { } misfit)
            {
                _misfits.Add($"'{inModule}' {misfit}");
            }
            else
            {
                _pairs.Add((inFile, inModule, target));
            }
        }

        // Files from Python may hold tied weights under one of their names only.
        var found = sources.Keys.Select(name => TensorIdentity.Of(targets[name])).ToHashSet();
        _missing.AddRange(targets.Where(target => !found.Contains(TensorIdentity.Of(target.Value))).Select(target => target.Key));
    }

    /// <exception cref="InvalidDataException">Something does not fit.</exception>
    public void EnsureFits(bool strict, string what)
    {
        IEnumerable<string> problems = strict
            ? [.. _misfits, .. Listed("missing in the file", _missing), .. Listed("unexpected in the file", _unexpected)]
            : _misfits;
        var lines = string.Join("\n- ", problems);
        if (lines.Length > 0)
        {
            throw new InvalidDataException($"{what} does not fit the module, which was left as it was:\n- {lines}");
        }
    }

    /// <exception cref="InvalidDataException">A parameter would hold NaN or infinity, and that is not allowed.</exception>
    public StateDictReport Load(SafetensorsFile file, bool allowNonFinite)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        // All of it before the first write. What is finite in the file may no longer be so in the module's type.
        var values = _pairs.Select(pair => file.Read(pair.InFile).to(pair.Target.dtype)).ToArray();
        var weights = _pairs.Zip(values).Where(entry => _parameters.Contains(TensorIdentity.Of(entry.First.Target)));
        if (!allowNonFinite && FiniteWeights.Faults(weights.Select(entry => (entry.First.InModule, entry.Second))) is { } faults)
        {
            throw new InvalidDataException(
                $"{file.Source} would give the module {faults}; it was left as it was. Set {nameof(StateDictLoadOptions)}.{nameof(StateDictLoadOptions.AllowNonFinite)} if that is meant.");
        }

        foreach (var (pair, value) in _pairs.Zip(values))
        {
            pair.Target.copy_(value);
        }

        return new([.. _pairs.Select(pair => pair.InModule)], _missing, _unexpected);
    }

    private static string? Misfit(TensorInfo source, Tensor target, bool convert)
    {
        if (source.DataType is null || !source.Fits(target, convert))
        {
            var type = source.DataType is null ? ", a type that TorchSharp does not have," : "";
            return $"is {source} in the file{type} and {target.dtype} [{string.Join(", ", target.shape)}] in the module";
        }

        return TensorMemo.SharesEntries(target) ? "is an expanded view in the module and cannot be written" : null;
    }

    private static IEnumerable<string> Listed(string what, List<string> names) =>
        names.Count == 0 ? [] : [$"{what}: {string.Join(", ", names)}"];
}
