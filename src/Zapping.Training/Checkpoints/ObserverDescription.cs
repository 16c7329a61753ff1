using System.Text.Json.Nodes;
using Zapping.Training.Resuming;

namespace Zapping.Training.Checkpoints;

/// <param name="Type">Class of the observer.</param>
/// <param name="Settings">What it says of itself; null if it says nothing.</param>
/// <param name="State">What it has summed up, in its own words.</param>
internal sealed record ObserverDescription(string Type, JsonObject? Settings, string State)
{
    public static ObserverDescription Of(IStatefulTrainingObserver observer) =>
        new(observer.GetType().Name, DescriptionJson.OfDescribed(observer), observer.SaveState());

    /// <summary>Whether an observer can go on from the state of another one.</summary>
    public bool IsAlike(ObserverDescription other) =>
        Type == other.Type && (Settings is null || other.Settings is null || DescriptionJson.Text(Settings) == DescriptionJson.Text(other.Settings));
}
