using System.Text.Json.Nodes;
using Zapping.Training.Resuming;
using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training;

/// <summary>How a model is set up to be trained, besides what its parameters are.</summary>
internal static class ModelMode
{
    private const string Train = "train";
    private const string Eval = "eval";
    private const string Mode = "mode";

    /// <summary>Train or eval as <c>mode</c>, and of each module that is in another mode than the one that holds it as <c>mode.</c> and its name.</summary>
    public static JsonObject Of(nn.Module model)
    {
        var modes = new Dictionary<string, bool>(StringComparer.Ordinal);
        var settings = new JsonObject();
        foreach (var (name, module) in ParameterCatalog.Modules(model))
        {
            modes[name] = module.training;
            if (name.Length == 0 || modes[HolderOf(name)] != module.training)
            {
                settings[name.Length == 0 ? Mode : $"{Mode}.{name}"] = module.training ? Train : Eval;
            }
        }

        return settings;

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

    /// <summary>Compares module by module, where a module that is not named is in the mode of the one that holds it.</summary>
    public static void Compare(RunDifferences differences, JsonObject saved, JsonObject own)
    {
        foreach (var key in saved.Concat(own).Select(mode => mode.Key).Distinct(StringComparer.Ordinal))
        {
            differences.Compare($"model.{key}", ModeOf(saved, key), ModeOf(own, key));
        }

        static JsonNode? ModeOf(JsonObject modes, string key)
        {
            JsonNode? mode;
            while (!modes.TryGetPropertyValue(key, out mode) && key.LastIndexOf('.') is >= 0 and var end)
            {
                key = key[..end];
            }

            return mode;
        }
    }

    /// <summary>Names of the parameters that require no gradient.</summary>
    public static IReadOnlyList<string> Frozen(nn.Module model) => [.. model.named_parameters().Where(p => !p.parameter.requires_grad).Select(p => p.name)];
}
