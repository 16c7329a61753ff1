using static TorchSharp.torch;

namespace Zapping.Training.Internal;

/// <summary>How a model is set up to be trained, besides what its parameters are.</summary>
internal static class ModelMode
{
    private const string Train = "train";
    private const string Eval = "eval";

    /// <summary>Train or eval, and each module that is in another mode than the one that holds it.</summary>
    public static string Of(nn.Module model)
    {
        var modes = new Dictionary<string, bool>(StringComparer.Ordinal);
        var parts = new List<string>();
        foreach (var (name, module) in ParameterCatalog.Modules(model))
        {
            modes[name] = module.training;
            if (name.Length == 0 || modes[HolderOf(name)] != module.training)
            {
                parts.Add(name.Length == 0 ? TextOf(module.training) : $"'{name}' {TextOf(module.training)}");
            }
        }

        return string.Join(", ", parts);

        string HolderOf(string name)
        {
            do
            {
                name = name[..Math.Max(0, name.LastIndexOf('.'))];
            }
            while (!modes.ContainsKey(name));

            return name;
        }
    }

    /// <summary>Names of the parameters that require no gradient.</summary>
    public static IReadOnlyList<string> Frozen(nn.Module model) => [.. model.named_parameters().Where(p => !p.parameter.requires_grad).Select(p => p.name)];

    private static string TextOf(bool training) => training ? Train : Eval;
}
