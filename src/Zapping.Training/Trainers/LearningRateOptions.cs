using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text.Json;
using Zapping.Training.Resuming;
using static TorchSharp.torch.optim.lr_scheduler;

namespace Zapping.Training;

/// <summary>
/// The options of a learning-rate scheduler, as far as they can be read: what an <see cref="IDescribed"/> one says of itself, else the private fields of TorchSharp's classes.
/// </summary>
/// <remarks>
/// Read are numbers, words, truth values, collections of them, and the schedulers that a scheduler is made of. Left out are functions and what belongs to the optimizer, which cannot
/// be written down; the fields of the base class, which count or are compared with the optimizer (but for the lowest rates of CyclicLR, which are its own); what ReduceLROnPlateau
/// counts; and what is made from other fields.
/// </remarks>
internal static class LearningRateOptions
{
    private const string BaseRates = "_base_lrs";

    private static readonly Dictionary<Type, string[]> LeftOut = new()
    {
        [typeof(impl.ReduceLROnPlateau)] = ["cooldown_counter", "best", "mode_worst", "num_bad_epochs"],
        [typeof(impl.MultiStepLR)] = ["_sortedMilestones"],
    };

    /// <returns>By name; null if nothing can be read.</returns>
    public static IReadOnlyDictionary<string, object?>? Of(LRScheduler schedule)
    {
        if (schedule is IDescribed described)
        {
            return described.Description;
        }

        var options = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var field in FieldsOf(schedule.GetType()))
        {
            if (Value(field.GetValue(schedule)) is { } value)
            {
                options.TryAdd(NameOf(field), value);
            }
        }

        return options.Count > 0 ? options : null;
    }

    /// <summary>How many steps a scheduler has made since it was made itself, by the counter of TorchSharp's base class.</summary>
    /// <exception cref="NotSupportedException">It does not count.</exception>
    public static long StepsOf(LRScheduler schedule) => LastEpoch.GetValue(schedule) is int steps and >= 0
        ? steps
        : Parts(schedule).Select(part => (long?)StepsOf(part)).FirstOrDefault() ?? throw new NotSupportedException(
            $"{schedule.GetType().Name} does not count its steps, so a resume cannot bring it back: a trainer's {nameof(TrainerExtensions.UseLearningRateScheduler)} counts them.");

    private static FieldInfo LastEpoch { get; } =
        typeof(LRScheduler).GetField("_last_epoch", BindingFlags.Instance | BindingFlags.NonPublic) ?? throw new MissingFieldException(nameof(LRScheduler), "_last_epoch");

    private static IEnumerable<LRScheduler> Parts(LRScheduler schedule) =>
        FieldsOf(schedule.GetType()).Select(field => field.GetValue(schedule)).OfType<IEnumerable<LRScheduler>>().SelectMany(parts => parts);

    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "Fields of TorchSharp's schedulers: ILLink.Descriptors.xml keeps them.")]
    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "Fields of TorchSharp's schedulers: ILLink.Descriptors.xml keeps them.")]
    private static IEnumerable<FieldInfo> FieldsOf(Type type)
    {
        const BindingFlags Own = BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly;
        for (var own = type; own is not null && own != typeof(LRScheduler); own = own.BaseType)
        {
            if (own.Assembly == typeof(LRScheduler).Assembly)
            {
                foreach (var field in own.GetFields(Own).Where(field => !LeftOut.GetValueOrDefault(own, []).Contains(field.Name, StringComparer.Ordinal)))
                {
                    yield return field;
                }
            }

            if (own == typeof(impl.CyclicLR) && typeof(LRScheduler).GetField(BaseRates, Own) is { } rates)
            {
                yield return rates;
            }
        }
    }

    // Null for what cannot be written down. A sequence that is no collection may be made anew each time, and is not read.
    private static object? Value(object? value) => value switch
    {
        string or bool or Enum or int or long or double => value,
        LRScheduler part => new Dictionary<string, object?>(Of(part) ?? new Dictionary<string, object?>(StringComparer.Ordinal), StringComparer.Ordinal) { ["kind"] = part.GetType().Name },
        Dictionary<string, List<double>> byName => byName.ToDictionary(own => own.Key, own => (object?)own.Value, StringComparer.Ordinal),
        ICollection all when all.Cast<object?>().Select(Value).ToList() is var values && !values.Contains(null) => values,
        { } part when part.GetType() is { IsNestedPrivate: true } type && type.DeclaringType?.BaseType == typeof(LRScheduler) => PartOf(type, part),
        _ => null,
    };

    // OneCycleLR keeps each of its phases in an object of a private class.
    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "Fields of TorchSharp's schedulers: ILLink.Descriptors.xml keeps them.")]
    private static Dictionary<string, object?> PartOf(Type type, object part) => type.GetFields().ToDictionary(NameOf, field => Value(field.GetValue(part)), StringComparer.Ordinal);

    private static string NameOf(FieldInfo field) => JsonNamingPolicy.SnakeCaseLower.ConvertName(field.Name.TrimStart('_'));
}
