using System.Text.Json.Nodes;
using TorchSharp.Modules;
using Zapping.Training.Resuming;

namespace Zapping.Training.Checkpoints;

/// <summary>Compares what a saved run was set up with.</summary>
internal static class SetupComparison
{
    /// <param name="saved">The saved run, with as many resets and learning-rate schedulers as the other.</param>
    /// <param name="own">The one at hand.</param>
    /// <param name="accepted">Differences that are intended.</param>
    /// <exception cref="InvalidDataException">They differ; the message says in what, and how to accept it.</exception>
    public static void EnsureAlike(CheckpointDescription saved, CheckpointDescription own, IReadOnlyCollection<string> accepted)
    {
        var differences = new RunDifferences(accepted);
        differences.CompareSettings("trainer", saved.Settings, own.Settings);
        differences.Compare("parameters.frozen", DescriptionJson.Of(saved.FrozenParameters), DescriptionJson.Of(own.FrozenParameters));
        for (var i = 0; i < saved.Resets.Count; i++)
        {
            var key = FormattableString.Invariant($"resets.{i}");
            differences.CompareSettings($"{key}.schedule", CheckpointDescription.JsonOf(saved.Resets[i].Schedule), CheckpointDescription.JsonOf(own.Resets[i].Schedule));
            differences.CompareSettings(key, saved.Resets[i].Options, own.Resets[i].Options);
        }

        CompareLearningRates(differences, saved, own);
        CompareObservers(differences, saved.Observers, own.Observers);
        if (differences.Text is { } text)
        {
            var versions = saved.LibraryVersion == own.LibraryVersion
                ? ""
                : $" It was saved by Zapping.Training {saved.LibraryVersion}, and this is {own.LibraryVersion}.";
            throw new InvalidDataException($"the run is set up otherwise: {text}{versions}");
        }
    }

    private static void CompareLearningRates(RunDifferences differences, CheckpointDescription saved, CheckpointDescription own)
    {
        for (var i = 0; i < saved.LearningRates.Count; i++)
        {
            var (key, before, now) = (FormattableString.Invariant($"learning_rates.{i}"), saved.LearningRates[i], own.LearningRates[i]);
            differences.Compare($"{key}.kind", before.Kind, now.Kind);
            differences.Compare($"{key}.every", before.Every.ToString(), now.Every.ToString());
            if (before.Kind == now.Kind) // of another class all options are others
            {
                differences.CompareSettings(key, before.Options, now.Options);
            }
        }

        // A scheduler keeps to itself from which rates it began, and a resume cannot tell it others.
        if (own.LearningRates.Count > 0 && InitialRates(saved.Optimizers) is { } initial)
        {
            differences.Compare("learning_rates.initial", initial, InitialRates(own.Optimizers) ?? initial);
        }
    }

    private static void CompareObservers(RunDifferences differences, IReadOnlyList<ObserverDescription> saved, IReadOnlyList<ObserverDescription> own)
    {
        if (!saved.Select(observer => observer.Type).SequenceEqual(own.Select(observer => observer.Type), StringComparer.Ordinal))
        {
            differences.Compare("observers", DescriptionJson.Of(saved.Select(observer => observer.Type)), DescriptionJson.Of(own.Select(observer => observer.Type)));
            return;
        }

        for (var i = 0; i < saved.Count; i++)
        {
            differences.CompareSettings(FormattableString.Invariant($"observers.{i}"), saved[i].Settings, own[i].Settings);
        }
    }

    // Null where a group has none, or there is no group, which is refused when the optimizers are read.
    private static JsonArray? InitialRates(IEnumerable<OptimizerDescription> optimizers)
    {
        const string Name = nameof(OptimizerOptions.InitialLearningRate);
        var groups = optimizers.SelectMany(optimizer => optimizer.Groups).ToList();
        return groups.Count > 0 && groups.TrueForAll(group => group.ContainsKey(Name)) ? DescriptionJson.Of(groups.Select(group => group[Name])) : null;
    }
}
