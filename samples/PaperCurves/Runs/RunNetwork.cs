using PaperCurves.Pretraining;
using PaperCurves.Sweeps;
using Zapping.Datasets;

namespace PaperCurves.Runs;

/// <summary>One of the networks that a run compares.</summary>
/// <param name="Arm">What is reset in its pre-training.</param>
/// <param name="Folder">Where it is, or will be.</param>
/// <param name="Plan">How it is, or was, pre-trained.</param>
/// <param name="IsGiven">Whether it was there before the run, which does not train it.</param>
internal sealed record RunNetwork(Arm Arm, string Folder, PretrainingPlan Plan, bool IsGiven)
{
    /// <summary>The network as a cell of a sweep.</summary>
    public NetworkCell Cell { get; } = new(Arm.Key(), Arm.Key(), Plan);

    /// <summary>All networks of a run, in the order of arms.</summary>
    /// <exception cref="DataException">One that is to be there already cannot be read.</exception>
    public static IReadOnlyList<RunNetwork> Of(RunSettings settings, ClassificationData data) => settings.Pretrained is { } there
        ? [.. there.OrderBy(network => network.Key).Select(network => new RunNetwork(network.Key, network.Value, PretrainedNetwork.PlanOf(network.Value), IsGiven: true))]
        : [.. Enum.GetValues<Arm>().Select(arm => new RunNetwork(arm, PretrainedNetworks.FolderOf(settings.Output, arm), PlanOf(settings, data, arm), IsGiven: false))];

    /// <summary>What pre-training ended with; null if it has not come to its end.</summary>
    public PretrainingResult? Result() => IsGiven || PretrainingFolder.CheckpointsIn(Folder).Count > 0 ? PretrainedNetwork.Progress(Folder).Result : null;

    private static PretrainingPlan PlanOf(RunSettings settings, ClassificationData data, Arm arm)
    {
        var plan = PaperPlans.For(settings.Preset.Name, Method.Iid, "convnet", zap: arm != Arm.None, data, settings.Seed).Resetting(arm);
        return plan with { Width = settings.Width ?? plan.Width };
    }
}
