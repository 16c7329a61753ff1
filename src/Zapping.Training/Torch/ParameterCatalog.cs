using System.Runtime.CompilerServices;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Zapping.Training.Torch;

/// <summary>
/// Knows the parameters of a model by name. A walk over a model costs more than a reset of one row, so what was
/// found is kept for as long as parameter object and native handle are the same. Weights that are tied after the first
/// reset of a parameter are therefore not noticed.
/// </summary>
internal sealed class ParameterCatalog(nn.Module model)
{
    private readonly ConditionalWeakTable<Parameter, Entry> _known = []; // native modules make a new object each time

    public nn.Module Model => model;

    /// <summary>The name of a parameter in the model.</summary>
    public string NameOf(Parameter parameter) => Find(parameter).Names[0];

    /// <summary>
    /// The names under which layers of the model use the same memory; more than one if weights are tied. A layer that has two names is one layer.
    /// </summary>
    public IReadOnlyList<string> NamesOf(Parameter parameter) => Find(parameter).Names;

    /// <summary>A buffer of a module of the model, with its name in the model.</summary>
    public (string Name, Tensor Tensor) BufferOf(nn.Module module, string buffer)
    {
        foreach (var (path, candidate) in Modules(model))
        {
            if (ReferenceEquals(candidate, module))
            {
                return candidate.named_buffers(recurse: false).FirstOrDefault(b => b.name == buffer) is (_, { } tensor)
                    ? (Join(path, buffer), tensor)
                    : throw new ArgumentException($"'{path}' ({ModuleName.Of(module)}) has no buffer '{buffer}'.", nameof(buffer));
            }
        }

        throw new ArgumentException($"The module {ModuleName.Of(module)} does not belong to the model {ModuleName.Of(model)}.", nameof(module));
    }

    /// <summary>The model itself and every module in it once, by the first of its names.</summary>
    public static IEnumerable<(string Name, nn.Module Module)> DistinctModules(nn.Module root) =>
        Modules(root).DistinctBy(m => m.Module, ReferenceEqualityComparer.Instance);

    /// <summary>The model itself and every module in it, with dotted names ("" for the model).</summary>
    public static IEnumerable<(string Name, nn.Module Module)> Modules(nn.Module root)
    {
        yield return ("", root);
        foreach (var (name, module) in root.named_modules())
        {
            yield return (name, module);
        }
    }

    public static string Join(string module, string member) => module.Length == 0 ? member : $"{module}.{member}";

    private Entry Find(Parameter parameter)
    {
        ObjectDisposedException.ThrowIf(parameter.IsInvalid, parameter);
        if (_known.TryGetValue(parameter, out var entry) && entry.Handle == parameter.Handle)
        {
            return entry;
        }

        var names = new List<string>();
        foreach (var (moduleName, module) in DistinctModules(model))
        {
            foreach (var (name, candidate) in module.named_parameters(recurse: false))
            {
                if (TensorIdentity.Same(candidate, parameter))
                {
                    names.Add(Join(moduleName, name));
                }
            }
        }

        if (names.Count == 0)
        {
            throw new ArgumentException(
                $"The parameter of shape [{string.Join(", ", parameter.shape)}] does not belong to the model {ModuleName.Of(model)}. "
                + "Give one of its own parameters, looked up anew at each reset.",
                nameof(parameter));
        }

        entry = new Entry(parameter.Handle, [.. names.Distinct(StringComparer.Ordinal)]); // TorchScript makes new modules, too
        _known.AddOrUpdate(parameter, entry);
        return entry;
    }

    private sealed record Entry(IntPtr Handle, IReadOnlyList<string> Names);
}
