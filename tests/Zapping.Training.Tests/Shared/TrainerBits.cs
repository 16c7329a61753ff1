using FluentAssertions;
using TorchSharp.Modules;
using Zapping.Training.Resets;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Shared;

/// <summary>All that makes up where a trainer is, bit for bit and by name.</summary>
internal static class TrainerBits
{
    public const string Counts = "counts";

    public static SortedDictionary<string, string> Of(Trainer trainer)
    {
        using var scope = NewDisposeScope();
        var bits = new SortedDictionary<string, string>(StringComparer.Ordinal) { [Counts] = $"{trainer.State}" };
        foreach (var (name, tensor) in trainer.Model.named_parameters().Select(p => (p.name, (Tensor)p.parameter)).Concat(trainer.Model.named_buffers()))
        {
            bits[name] = Convert.ToHexString(Nets.Bits(tensor));
        }

        foreach (var (optimizer, place) in trainer.Optimizers.Select((optimizer, place) => (optimizer, place)).Where(pair => pair.optimizer is OptimizerHelper))
        {
            foreach (var (name, value) in ManagedOptimizers.State(optimizer))
            {
                bits[$"optimizer {place} {name}"] = Convert.ToHexString(value);
            }

            bits[$"optimizer {place} rates"] = string.Join(", ", optimizer.ParamGroups.Select(group => $"{group.InitialLearningRate:r} {group.LearningRate:r}"));
        }

        foreach (var (scheduler, place) in trainer.Schedulers.Select((scheduler, place) => (scheduler, place)))
        {
            bits[$"reset {place}"] = $"{scheduler.State}";
            foreach (var (name, tensor) in (scheduler.Policy as IStatefulResetPolicy)?.State ?? [])
            {
                bits[$"reset {place} {name}"] = Convert.ToHexString(Nets.Bits(tensor));
            }
        }

        bits["learning rates"] = string.Join("; ", ((ICheckpointed)trainer).LearningRates.Select(rates => $"{rates.Steps} {string.Join(", ", rates.Metrics)}"));
        bits["observers"] = string.Join("; ", trainer.Observers.OfType<IStatefulTrainingObserver>().Select(observer => observer.SaveState()));
        return bits;
    }

    /// <summary>Fails with the names of all that differs.</summary>
    public static void ShouldBe(this SortedDictionary<string, string> bits, SortedDictionary<string, string> expected, string because)
    {
        var differing = bits.Keys.Union(expected.Keys, StringComparer.Ordinal)
            .Where(name => bits.GetValueOrDefault(name) != expected.GetValueOrDefault(name))
            .Select(name => $"{name}: {expected.GetValueOrDefault(name, "absent")} became {bits.GetValueOrDefault(name, "absent")}");
        differing.Should().BeEmpty(because);
    }
}
