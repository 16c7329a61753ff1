using System.Text.Json.Serialization;

namespace Zapping.Training.Diagnostics;

/// <param name="Records">As <see cref="DiagnosticsObserver.Records"/>.</param>
/// <param name="Steps">How many steps were seen.</param>
internal sealed record DiagnosticsState(IReadOnlyList<DiagnosticsRecord> Records, long Steps);

/// <summary>Made when the library is compiled, so that trimmed programs have it.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    UseStringEnumConverter = true,
    IgnoreReadOnlyProperties = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(DiagnosticsState))]
internal sealed partial class DiagnosticsJson : JsonSerializerContext;
