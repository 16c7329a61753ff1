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
    IReadOnlyDictionary<string, string> Notes,
    IReadOnlyList<IReadOnlyList<double>>? LearningRateMetrics = null,
    FeedDescription? Feed = null,
    IReadOnlyList<ObserverDescription>? Observers = null,
    string? Convolutions = null,
    IReadOnlyList<string>? LearningRateKinds = null,
    IReadOnlyList<IReadOnlyDictionary<string, string>?>? LearningRateOptions = null,
    IReadOnlyList<string>? FrozenParameters = null)
{
    /// <summary>To be raised when an older library could not read what is written. Those of format 1 have no feed, observers and metrics.</summary>
    public const int CurrentFormat = 2;

    /// <summary>A scheduler is brought back by stepping it, which a number out of thin air must not make endless.</summary>
    private const long MostLearningRateSteps = 100_000_000;

    private static readonly CheckpointJson Json = new(new JsonSerializerOptions
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter<BoundaryKind>(JsonNamingPolicy.SnakeCaseLower) },
    });

    /// <exception cref="InvalidDataException">It is not what this library writes.</exception>
    public static CheckpointDescription Parse(byte[] json)
    {
        try
        {
            var format = JsonSerializer.Deserialize(json, Json.FormatOnly)?.Format ?? 0;
            if (format > CurrentFormat)
            {
                throw new InvalidDataException(
                    $"it is of format {format}, and this version of Zapping.Training reads formats up to {CurrentFormat}. Update the package.");
            }

            var whole = JsonSerializer.Deserialize(json, Json.CheckpointDescription);
            return whole is not null && whole.IsWhole()
                ? whole.EnsurePossible()
                : throw new InvalidDataException("its description is incomplete.");
        }
        catch (JsonException failure)
        {
            throw new InvalidDataException($"its description cannot be read ({failure.Message}).", failure);
        }
    }

    public void WriteTo(Stream stream) => JsonSerializer.Serialize(stream, this, Json.CheckpointDescription);

    // Inside of lists and dictionaries the serializer does not look for nulls.
    private bool IsWhole() =>
        Optimizers.All(optimizer => optimizer is not null && optimizer.Groups.All(group => group is not null))
        && Resets.All(reset => reset is not null)
        && Settings.Values.Concat(Notes.Values).Concat(Feed?.Settings.Values ?? []).Concat(Resets.SelectMany(reset => reset.Options?.Values ?? [])).All(text => text is not null)
        && LearningRateKinds?.All(kind => kind is not null) != false
        && LearningRateOptions?.All(options => options?.Values.All(text => text is not null) != false) != false
        && FrozenParameters?.All(name => name is not null) != false
        && LearningRateMetrics?.All(metrics => metrics is not null) != false
        && Observers?.All(observer => observer is not null) != false;

    private CheckpointDescription EnsurePossible()
    {
        long?[] counts =
        [
            State.Steps, State.Epochs, State.Classes, State.Tasks, State.EpochSteps, State.TaskClasses, State.ClassSteps,
            .. Resets.Select(reset => reset.State.Boundaries), .. Resets.Select(reset => reset.State.Resets), .. LearningRateSteps,
        ];
        if (counts.FirstOrDefault(count => count < 0) is { } negative)
        {
            throw new InvalidDataException($"its description counts {negative} of something.");
        }

        if (Feed?.Place is { FinishedTasks: < 0 })
        {
            throw new InvalidDataException("its description counts a negative number of tasks.");
        }

        if (LearningRateMetrics is { } metrics && !metrics.Select(m => (long)m.Count).SequenceEqual(LearningRateSteps.Zip(metrics, (steps, m) => m.Count == 0 ? 0 : steps)))
        {
            throw new InvalidDataException("its description has another number of metrics than steps of a learning-rate scheduler.");
        }

        if (LearningRateKinds is { } kinds && kinds.Count != LearningRateSteps.Count)
        {
            throw new InvalidDataException("its description has another number of kinds than of learning-rate schedulers.");
        }

        if (LearningRateOptions is { } options && options.Count != LearningRateSteps.Count)
        {
            throw new InvalidDataException("its description has options of another number of learning-rate schedulers.");
        }

        if ((State.EpochSteps is not null && State.Epochs == 0) || (State.TaskClasses is not null && State.Tasks == 0)
            || (State.ClassSteps is not null && State.Classes == 0))
        {
            throw new InvalidDataException("its description is inside of an epoch, a task or a class that never began.");
        }

        return LearningRateSteps.FirstOrDefault(steps => steps > MostLearningRateSteps) is var tooMany and > 0
            ? throw new InvalidDataException($"its description has a learning-rate scheduler make {tooMany} steps; at most {MostLearningRateSteps} are made again.")
            : this;
    }
}

/// <summary>What every format begins with.</summary>
internal sealed record FormatOnly(int Format);

/// <summary>Made when the library is compiled, so that trimmed programs have it.</summary>
[JsonSerializable(typeof(CheckpointDescription))]
[JsonSerializable(typeof(FormatOnly))]
internal sealed partial class CheckpointJson : JsonSerializerContext;

/// <param name="Type">Class of the optimizer.</param>
/// <param name="Groups">Of each group of parameters, the options by name; those that are not set are absent.</param>
internal sealed record OptimizerDescription(string Type, IReadOnlyList<IReadOnlyDictionary<string, double>> Groups);

/// <param name="Policy">Class of the policy.</param>
/// <param name="Schedule">When it runs.</param>
/// <param name="State">How far it is.</param>
/// <param name="Options">What the policy says of itself; null if it says nothing.</param>
internal sealed record ResetDescription(string Policy, ResetSchedule Schedule, ZapSchedulerState State, IReadOnlyDictionary<string, string>? Options = null);
