using System.Text.Json.Nodes;
using Zapping.Training.Resuming;

namespace Zapping.Training;

/// <summary>What a run's last <c>Fit</c> was fed with.</summary>
/// <param name="Kind">Which <c>Fit</c>: of epochs, of experiences, of a stream or of episodes.</param>
/// <param name="Settings">Of the source.</param>
/// <param name="IsFinished">Whether that <c>Fit</c> returned.</param>
/// <param name="Place">How far it was in a stream; null for other kinds.</param>
/// <param name="Model">In which mode the model was when it began, as <see cref="ModelMode.Of"/> says it; null before it has begun.</param>
internal sealed record FeedDescription(string Kind, JsonObject Settings, bool IsFinished, StreamPlace? Place, JsonObject? Model = null)
{
    public const string Epochs = "epochs";
    public const string Stream = "stream";
    public const string Episodes = "episodes";
    public const string Experiences = "experiences";

    /// <summary>Key of a difference between the tasks of two streams.</summary>
    public const string Tasks = "source.tasks";

    public static FeedDescription Of(string kind, object source) => new(
        kind,
        DescriptionJson.Of(DescriptionJson.SettingsOf(source)),
        IsFinished: false,
        Place: null);

    public static FeedDescription OfExperiences() => new(Experiences, [], IsFinished: false, Place: null);

    public static FeedDescription OfStream(int batchSize) =>
        new(Stream, new JsonObject { ["batch_size"] = batchSize }, IsFinished: false, Place: null);

    /// <summary>What the next <c>Fit</c> changes without having been told that it is meant; null if nothing.</summary>
    /// <param name="next">What that one is fed with.</param>
    /// <param name="accepted">What is meant.</param>
    public string? DifferencesTo(FeedDescription next, IReadOnlyCollection<string> accepted)
    {
        if (IsFinished && Kind != next.Kind)
        {
            return null; // another phase
        }

        var differences = new RunDifferences(accepted);
        differences.Compare("source.kind", Kind, next.Kind);
        differences.CompareSettings("source", Settings, next.Settings);
        if (Model is not null && next.Model is not null)
        {
            ModelMode.Compare(differences, Model, next.Model);
        }

        return differences.Text;
    }
}

/// <summary>How far a stream of tasks was.</summary>
/// <param name="FinishedTasks">Tasks that were finished.</param>
/// <param name="Finished">What they were, as a hash.</param>
/// <param name="Open">The classes of the open task with their numbers of examples; null between tasks.</param>
/// <param name="OpenContents">What the open task was, as a hash.</param>
internal sealed record StreamPlace(long FinishedTasks, string Finished, string? Open, string? OpenContents);
