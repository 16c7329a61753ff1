using Zapping.Datasets;

namespace PaperCurves.Pretraining;

/// <summary>Where networks are that differ in their resets.</summary>
public static class PretrainedNetworks
{
    /// <summary>Those that "run" has left in its folder: of every arm, or of fewer where an earlier version of the app made them.</summary>
    /// <param name="folder">The folder of the run.</param>
    /// <exception cref="DataException">There is none.</exception>
    public static IReadOnlyDictionary<Arm, string> Of(string folder)
    {
        var there = Enum.GetValues<Arm>().Where(arm => Directory.Exists(FolderOf(folder, arm))).ToDictionary(arm => arm, arm => FolderOf(folder, arm));
        return there.Count > 0 ? there : throw new DataException($"{folder}: no pre-trained network could be read: no run has left one here.");
    }

    /// <summary>Where "run" leaves one of them.</summary>
    public static string FolderOf(string folder, Arm arm) => Path.Combine(folder, "pretrained", arm.Key());

    /// <summary>Checks whether all can be read.</summary>
    /// <exception cref="DataException">One cannot.</exception>
    public static void EnsureThere(IReadOnlyDictionary<Arm, string> networks)
    {
        ArgumentNullException.ThrowIfNull(networks);
        foreach (var folder in networks.Values)
        {
            PretrainedNetwork.PlanOf(folder);
        }
    }

    /// <summary>What the networks have in common: the plan of the first one.</summary>
    /// <exception cref="DataException">They differ in more than learning rates and what their arms reset.</exception>
    public static PretrainingPlan PlanOf(IReadOnlyDictionary<Arm, string> networks)
    {
        ArgumentNullException.ThrowIfNull(networks);
        var plans = networks.OrderBy(network => network.Key).Select(network => (network.Key, network.Value, Plan: PretrainedNetwork.PlanOf(network.Value))).ToList();
        var first = plans[0].Plan;
        foreach (var (arm, folder, plan) in plans)
        {
            var expected = first.Resetting(arm) with { InnerLearningRate = plan.InnerLearningRate, LearningRate = plan.LearningRate };
            if (plan.Essence() != expected.Essence())
            {
                throw new DataException(
                    $"{folder}: this is no network of {arm.Noun()} that can be compared with the one in {plans[0].Value}: "
                    + $"{plan.Essence().DifferenceFrom(expected.Essence())}.");
            }
        }

        return first;
    }
}
