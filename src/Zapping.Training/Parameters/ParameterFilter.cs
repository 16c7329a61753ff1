using TorchSharp.Modules;
using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training.Parameters;

/// <summary>
/// Some of a model's parameters, chosen by name: those that move in the inner loop of an episode, that a policy writes, or that are
/// given to the outer optimizer. Names are those of <c>named_parameters()</c>.
/// </summary>
public sealed class ParameterFilter
{
    private readonly Func<string, bool> _contains;
    private readonly IReadOnlyList<string> _prefixes;

    private ParameterFilter(Func<string, bool> contains, IReadOnlyList<string> prefixes)
    {
        _contains = contains;
        _prefixes = prefixes;
    }

    /// <summary>All parameters.</summary>
    public static ParameterFilter All { get; } = new(_ => true, []);

    /// <summary>Parameters whose name begins with one of the prefixes, such as <c>"rln."</c>.</summary>
    /// <exception cref="ArgumentException">There is no prefix, or one is null or empty.</exception>
    public static ParameterFilter WithPrefix(params IReadOnlyList<string> prefixes)
    {
        ArgumentNullException.ThrowIfNull(prefixes);
        if (prefixes.Count == 0 || prefixes.Any(string.IsNullOrEmpty))
        {
            throw new ArgumentException("At least one prefix is needed, and none may be empty.", nameof(prefixes));
        }

        return new ParameterFilter(name => prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)), [.. prefixes]);
    }

    /// <summary>Parameters whose name satisfies a condition.</summary>
    public static ParameterFilter Where(Func<string, bool> contains)
    {
        ArgumentNullException.ThrowIfNull(contains);
        return new ParameterFilter(contains, []);
    }

    /// <summary>The set's parameters of a model that require a gradient, in the model's order, tied ones once.</summary>
    /// <exception cref="InvalidOperationException">There is none, or a prefix fits no name of the model.</exception>
    public IReadOnlyList<Parameter> Resolve(nn.Module model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return [.. Choose(model).Select(p => p.parameter)];
    }

    /// <summary>Like <see cref="Resolve"/>, with names.</summary>
    /// <param name="model">The model.</param>
    /// <exception cref="InvalidOperationException">There is none, or a prefix fits no name of the model.</exception>
    public IEnumerable<(string Name, Parameter Parameter)> ResolveNamed(nn.Module model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Choose(model);
    }

    /// <inheritdoc/>
    public override string ToString() => ReferenceEquals(this, All) ? nameof(All) : _prefixes.Count > 0 ? $"{nameof(WithPrefix)}({string.Join(", ", _prefixes)})" : nameof(Where);

    private List<(string name, Parameter parameter)> Choose(nn.Module model)
    {
        var named = model.named_parameters().ToList();
        foreach (var prefix in _prefixes)
        {
            if (!named.Exists(p => p.name.StartsWith(prefix, StringComparison.Ordinal)))
            {
                throw new InvalidOperationException($"No parameter of {ModuleName.Of(model)} begins with '{prefix}'. There are: {Names(named)}.");
            }
        }

        var chosen = named.Where(p => p.parameter.requires_grad && _contains(p.name)).ToList(); // named_parameters() has tied ones once
        return chosen.Count > 0
            ? chosen
            : throw new InvalidOperationException(
                $"The parameter set takes none of the parameters of {ModuleName.Of(model)} that require a gradient. There are: {Names(named)}.");
    }

    private static string Names(List<(string name, Parameter parameter)> named) => string.Join(", ", named.Select(p => p.name));
}
