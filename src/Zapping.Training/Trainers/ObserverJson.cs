using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Zapping.Training.Internal;

/// <summary>How the library's observers write what they have summed up; made when the library is compiled, so that trimmed programs have it.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    UseStringEnumConverter = true,
    IgnoreReadOnlyProperties = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(TaskMatrixState))]
[JsonSerializable(typeof(RecoveryState))]
[JsonSerializable(typeof(DiagnosticsState))]
internal sealed partial class ObserverJson : JsonSerializerContext
{
    public static string Write<T>(T state, JsonTypeInfo<T> type) => JsonSerializer.Serialize(state, type);

    /// <exception cref="InvalidDataException">It is no such state.</exception>
    public static T Read<T>(string text, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(text, type) ?? throw new InvalidDataException($"its state of an observer is no {typeof(T).Name}.");
        }
        catch (JsonException failure)
        {
            throw new InvalidDataException($"its state of an observer is no {typeof(T).Name} ({failure.Message}).", failure);
        }
    }
}

/// <param name="Baseline">Before the first task.</param>
/// <param name="Scores">After each task.</param>
/// <param name="Columns">Which of the evaluator's tasks came, in the order in which they came.</param>
/// <param name="IsOpen">Whether a task is open.</param>
/// <param name="IsLate">Whether the observer was told of no beginning of the run.</param>
internal sealed record TaskMatrixState(TaskScores? Baseline, IReadOnlyList<TaskScores> Scores, IReadOnlyList<int> Columns, bool IsOpen, bool IsLate);

/// <param name="Levels">As <see cref="RecoveryObserver.Levels"/>.</param>
/// <param name="Losses">As <see cref="RecoveryObserver.Losses"/>.</param>
/// <param name="Events">As <see cref="RecoveryObserver.Events"/>.</param>
/// <param name="EventIsDue">Whether the next step comes first after an event.</param>
internal sealed record RecoveryState(IReadOnlyList<LevelPoint> Levels, IReadOnlyList<double> Losses, IReadOnlyList<long> Events, bool EventIsDue);

/// <param name="Records">As <see cref="DiagnosticsObserver.Records"/>.</param>
/// <param name="Steps">How many steps were seen.</param>
internal sealed record DiagnosticsState(IReadOnlyList<DiagnosticsRecord> Records, long Steps);
