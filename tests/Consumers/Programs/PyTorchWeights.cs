using TorchSharp.Modules;
using Zapping.Training.Safetensors;

namespace Consumers.Programs;

/// <summary>Weights that PyTorch has saved in half precision, under names of its own and without a classifier for our classes.</summary>
public static class PyTorchWeights
{
    public static StateDictReport Run(TextWriter output, Sequential model, string path)
    {
        var names = new StateDictKeyMap(("backbone.stem.0", "conv1"), ("backbone.stem.1", "bn1"), ("classifier", "head"));
        var report = StateDict.Load(model, path, names, new() { Convert = true, Strict = false });
        output.WriteLine($"loaded {string.Join(", ", report.Loaded)}; missing {string.Join(", ", report.Missing)}; unexpected {string.Join(", ", report.Unexpected)}");
        return report;
    }
}
