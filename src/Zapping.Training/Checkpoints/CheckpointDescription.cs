using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Zapping.Training.Resuming;
using Zapping.Training.Safetensors;

namespace Zapping.Training.Checkpoints;

/// <summary>All of a checkpoint that is no tensor.</summary>
internal sealed record CheckpointDescription(
    int Format,
    string LibraryVersion,
    DateTimeOffset Saved,
    double? Score,
    string Trainer,
    TrainerState State,
    JsonObject Settings,
    IReadOnlyList<OptimizerDescription> Optimizers,
    IReadOnlyList<ResetDescription> Resets,
    IReadOnlyList<LearningRateDescription> LearningRates,
    IReadOnlyList<ObserverDescription> Observers,
    IReadOnlyList<string> FrozenParameters,
    string Convolutions,
    IReadOnlyDictionary<string, string> Notes,
    FeedDescription? Feed = null)
{
    /// <summary>To be raised when an older library could not read what is written.</summary>
    public const int CurrentFormat = 3;

    /// <summary>Formats 1 and 2 are of builds before the first release.</summary>
    private const int FirstReleasedFormat = 3;

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
        Converters = { new JsonStringEnumConverter<BoundaryKind>() }, // by its name in code, as the enums in descriptions
    });

    /// <summary>Version of the library that is running.</summary>
    public static string OwnLibraryVersion { get; } =
        typeof(Trainer).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    private IEnumerable<JsonObject> Described => new[] { Settings, Feed?.Settings, Feed?.Model }
        .Concat(Resets.Select(reset => reset.Options)).Concat(LearningRates.Select(rates => rates.Options)).Concat(Observers.Select(observer => observer.Settings)).OfType<JsonObject>();

    /// <exception cref="InvalidDataException">It is not what this library writes.</exception>
    public static CheckpointDescription Parse(byte[] json)
    {
        try
        {
            EnsureReadable(JsonSerializer.Deserialize(json, Json.FormatOnly) ?? new FormatOnly(0));
            var whole = JsonSerializer.Deserialize(json, Json.CheckpointDescription);
            return whole is not null && whole.IsWhole()
                ? whole.EnsurePossible()
                : throw new InvalidDataException("its description is incomplete.");
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or ArgumentException) // also for strings that are no text, and for a key twice
        {
            throw new InvalidDataException($"its description cannot be read ({failure.Message}).", failure);
        }
    }

    /// <summary>Each property of a schedule by its key.</summary>
    public static JsonObject JsonOf(ResetSchedule schedule) => JsonSerializer.SerializeToNode(schedule, Json.ResetSchedule)!.AsObject();

    public void WriteTo(Stream stream) => JsonSerializer.Serialize(stream, this, Json.CheckpointDescription);

    private static void EnsureReadable(FormatOnly file)
    {
        var writer = file.LibraryVersion is { } version ? $", written by Zapping.Training {version}" : "";
        if (file.Format > CurrentFormat)
        {
            throw new InvalidDataException(
                $"it is of format {file.Format}{writer}, and this version ({OwnLibraryVersion}) reads formats up to {CurrentFormat}. Update the package.");
        }

        if (file.Format < FirstReleasedFormat)
        {
            throw new InvalidDataException(
                $"it is of format {file.Format}{writer}, which no released version wrote, and which is not read any more. Finish the run with the build that wrote it, or begin a new one in an empty folder; "
                + $"its weights are in model.safetensors, which {nameof(StateDict)}.{nameof(StateDict.Load)} reads.");
        }
    }

    // Inside of lists and dictionaries the serializer does not look for nulls, nor inside of JSON for strings that are no text.
    private bool IsWhole() =>
        Optimizers.All(optimizer => optimizer is not null && optimizer.Groups.All(group => group is not null))
        && Resets.All(reset => reset is not null)
        && LearningRates.All(rates => rates is not null)
        && Observers.All(observer => observer is not null)
        && FrozenParameters.All(name => name is not null)
        && Notes.Values.All(text => text is not null)
        && Described.All(settings => DescriptionJson.Text(settings).Length > 0);

    private CheckpointDescription EnsurePossible()
    {
        long?[] counts =
        [
            State.Steps, State.Epochs, State.Classes, State.Tasks, State.EpochSteps, State.TaskClasses, State.ClassSteps, State.TaskEpochs,
            .. Resets.Select(reset => reset.State.Boundaries), .. Resets.Select(reset => reset.State.Resets), .. LearningRates.Select(rates => rates.Steps),
        ];
        if (counts.FirstOrDefault(count => count < 0) is { } negative)
        {
            throw new InvalidDataException($"its description counts {negative} of something.");
        }

        if (Feed?.Place is { FinishedTasks: < 0 })
        {
            throw new InvalidDataException("its description counts a negative number of tasks.");
        }

        if (LearningRates.Any(rates => rates.Metrics.Count > 0 && rates.Metrics.Count != rates.Steps))
        {
            throw new InvalidDataException("its description has another number of metrics than steps of a learning-rate scheduler.");
        }

        if ((State.EpochSteps is not null && State.Epochs == 0) || (State.IsTaskOpen && State.Tasks == 0)
            || (State.ClassSteps is not null && State.Classes == 0))
        {
            throw new InvalidDataException("its description is inside of an epoch, a task or a class that never began.");
        }

        return LearningRates.Select(rates => rates.Steps).FirstOrDefault(steps => steps > MostLearningRateSteps) is var tooMany and > 0
            ? throw new InvalidDataException($"its description has a learning-rate scheduler make {tooMany} steps; at most {MostLearningRateSteps} are made again.")
            : this;
    }
}

/// <summary>What every format begins with.</summary>
internal sealed record FormatOnly(int Format, string? LibraryVersion = null);

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
internal sealed record ResetDescription(string Policy, ResetSchedule Schedule, ZapSchedulerState State, JsonObject? Options);

/// <param name="Kind">Class of the scheduler.</param>
/// <param name="Every">What is followed by a step.</param>
/// <param name="Steps">How many it has made.</param>
/// <param name="Metrics">What they were made with; none if it waits for no metric.</param>
/// <param name="Options">As far as they can be read; null if they cannot.</param>
internal sealed record LearningRateDescription(string Kind, BoundaryKind Every, long Steps, IReadOnlyList<double> Metrics, JsonObject? Options);
