using System.Text.Json;
using System.Text.Json.Serialization;

namespace Zapping.Training.Internal;

/// <summary>All of a checkpoint that is no tensor.</summary>
internal sealed record CheckpointDescription(
    int Format,
    string LibraryVersion,
    DateTimeOffset Saved,
    double? Score,
    string Trainer,
    TrainerState State,
    IReadOnlyDictionary<string, string> Settings,
    IReadOnlyList<OptimizerDescription> Optimizers,
    IReadOnlyList<ResetDescription> Resets,
    IReadOnlyList<long> LearningRateSteps,
    IReadOnlyDictionary<string, string> Notes)
{
    /// <summary>To be raised when an older library could not read what is written.</summary>
    public const int CurrentFormat = 1;

    private static readonly JsonSerializerOptions Style = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <exception cref="InvalidDataException">It is not what this library writes.</exception>
    public static CheckpointDescription Parse(byte[] json)
    {
        try
        {
            var format = JsonSerializer.Deserialize<FormatOnly>(json, Style)?.Format ?? 0;
            if (format > CurrentFormat)
            {
                throw new InvalidDataException(
                    $"it is of format {format}, and this version of Zapping.Training reads formats up to {CurrentFormat}. Update the package.");
            }

            return JsonSerializer.Deserialize<CheckpointDescription>(json, Style) is { State: not null, Optimizers: not null, Resets: not null } whole
                ? whole
                : throw new InvalidDataException("its description is incomplete.");
        }
        catch (JsonException failure)
        {
            throw new InvalidDataException($"its description cannot be read ({failure.Message}).", failure);
        }
    }

    public void WriteTo(Stream stream) => JsonSerializer.Serialize(stream, this, Style);

    private sealed record FormatOnly(int Format);
}

/// <param name="Type">Class of the optimizer.</param>
/// <param name="Groups">Of each group of parameters, the options by name; those that are not set are absent.</param>
internal sealed record OptimizerDescription(string Type, IReadOnlyList<IReadOnlyDictionary<string, double>> Groups);

/// <param name="Policy">Class of the policy.</param>
/// <param name="Schedule">When it runs.</param>
/// <param name="State">How far it is.</param>
internal sealed record ResetDescription(string Policy, ResetSchedule Schedule, ZapSchedulerState State);
