using System.Text.Json;
using PaperCurves.Data;
using PaperCurves.Models;

namespace PaperCurves.Experiments;

/// <summary>Pre-trained networks in a folder, so that a later run can transfer them without training again.</summary>
/// <param name="folder">Where they are.</param>
public sealed class PretrainedStore(string folder)
{
    /// <summary>Saves a network and what its training ended with.</summary>
    public void Save(PaperModel model, PretrainingResult result)
    {
        var weights = WeightsPath(result.Arm);
        model.save(weights + ".part");
        File.Move(weights + ".part", weights, overwrite: true);
        File.WriteAllText(ResultPath(result.Arm), JsonSerializer.Serialize(result, Json.Options));
    }

    /// <summary>Loads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="DataException">It is not there, or is of another network.</exception>
    public (PaperModel Model, PretrainingResult Result) Load(Arm arm, Preset preset)
    {
        var path = WeightsPath(arm);
        var model = new Convnet(preset.Units, preset.Width);
        try
        {
            var result = JsonSerializer.Deserialize<PretrainingResult>(File.ReadAllText(ResultPath(arm)), Json.Options)
                ?? throw new InvalidDataException("empty result");
            model.load(path);
            return (model, result);
        }
        catch (Exception failure) when (failure is IOException or ArgumentException or JsonException or FormatException)
        {
            model.Dispose();
            throw new DataException(
                $"{path}: no network of width {preset.Width} with {preset.Units} units could be read ({failure.Message})", failure);
        }
    }

    private string WeightsPath(Arm arm) => Path.Combine(folder, $"pretrained-{arm.Key()}.dat");

    private string ResultPath(Arm arm) => Path.Combine(folder, $"pretrained-{arm.Key()}.json");
}
