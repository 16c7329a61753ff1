using System.Text.Json.Serialization;

namespace Zapping.Training.Evaluation;

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
internal sealed record RecoveryState(IReadOnlyList<MetricPoint> Levels, IReadOnlyList<double> Losses, IReadOnlyList<long> Events, bool EventIsDue);

/// <summary>Made when the library is compiled, so that trimmed programs have it.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    UseStringEnumConverter = true,
    IgnoreReadOnlyProperties = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(TaskMatrixState))]
[JsonSerializable(typeof(RecoveryState))]
internal sealed partial class EvaluationJson : JsonSerializerContext;
