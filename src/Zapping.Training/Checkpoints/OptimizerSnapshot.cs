using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using TorchSharp.Modules;
using Zapping.Training.Safetensors;
using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training.Checkpoints;

/// <summary>
/// What a managed optimizer remembers, by name. TorchSharp's state and option classes are plain public fields, which
/// is all that this relies on; tensors become "parameter.field", and numbers tensors without dimensions.
/// </summary>
[UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "Fields of states and options: ILLink.Descriptors.xml keeps them.")]
internal sealed class OptimizerSnapshot
{
    private readonly optim.Optimizer _optimizer;
    private readonly List<(string Name, Parameter Parameter, OptimizerState State)> _states;
    private readonly List<OptimizerOptions> _groups;

    /// <param name="optimizer">A managed one.</param>
    /// <param name="names">Those of the model's parameters.</param>
    /// <exception cref="NotSupportedException">Its state is out of reach.</exception>
    public OptimizerSnapshot(optim.Optimizer optimizer, IReadOnlyDictionary<TensorIdentity, string> names)
    {
        if (optimizer is not OptimizerHelper managed)
        {
            throw new NotSupportedException($"{optimizer.GetType().Name} keeps its state in native code, so it cannot be saved and resumed.");
        }

        _optimizer = optimizer;
        var dictionary = managed.state_dict();
        _groups = dictionary.Options;
        _states = [.. managed.parameters().Zip(dictionary.State).Select((pair, i) =>
            (names.GetValueOrDefault(TensorIdentity.Of(pair.First), FormattableString.Invariant($"parameter-{i}")), pair.First, pair.Second))];
    }

    public OptimizerDescription Describe() => new(_optimizer.GetType().Name, [.. _groups.Select(Options)]);

    public IEnumerable<KeyValuePair<string, Tensor>> Tensors()
    {
        foreach (var (name, _, state) in _states)
        {
            foreach (var field in FieldsOf(state))
            {
                var value = field.GetValue(state) switch
                {
                    Tensor own => own,
                    long number => tensor(number),
                    double number => tensor(number),
                    null => null,
                    var other => throw new NotSupportedException($"{state.GetType()}.{field.Name} is a {other.GetType()}, which cannot be saved."),
                };
                if (value is not null)
                {
                    yield return new($"{name}.{field.Name}", value);
                }
            }
        }
    }

    /// <summary>Reads everything; the result writes it.</summary>
    /// <param name="saved">Its options.</param>
    /// <param name="file">Its state.</param>
    /// <param name="allowNonFinite">Whether the state may hold NaN and infinity.</param>
    /// <exception cref="InvalidDataException">It is the state of another optimizer, or is not finite.</exception>
    public Action Plan(OptimizerDescription saved, SafetensorsFile file, bool allowNonFinite)
    {
        if (saved.Groups.Count != _groups.Count)
        {
            throw new InvalidDataException($"its {saved.Type} has {saved.Groups.Count} groups of parameters, not {_groups.Count}.");
        }

        var plan = saved.Groups.Zip(_groups, PlanOptions).ToList();
        var read = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, parameter, state) in _states)
        {
            foreach (var field in FieldsOf(state))
            {
                var key = $"{name}.{field.Name}";
                var value = file.Contains(key) ? Read(file, key) : null;
                read.Add(key);
                if (!allowNonFinite && value is not null && FiniteWeights.Faults([(key, value)]) is { } faults)
                {
                    throw new InvalidDataException($"its {saved.Type} has {faults}. Set {nameof(CheckpointStore)}.{nameof(CheckpointStore.AllowNonFinite)} if that is meant.");
                }

                plan.Add(Set(state, field, parameter, value, key));
            }
        }

        if (file.Names.FirstOrDefault(name => !read.Contains(name)) is { } unknown)
        {
            throw new InvalidDataException($"its {saved.Type} has '{unknown}', which the optimizer here has not: it is of other parameters.");
        }

        return () => plan.ForEach(write => write());
    }

    private static Tensor Read(SafetensorsFile file, string key) => file[key].DataType is null
        ? throw new InvalidDataException($"its '{key}' is of type {file[key].TypeCode}, which no optimizer here has.")
        : file.Read(key);

    private static Action Set(OptimizerState state, FieldInfo field, Parameter parameter, Tensor? value, string key)
    {
        if (field.FieldType == typeof(long) || field.FieldType == typeof(double))
        {
            return value?.numel() == 1 && value.dtype == (field.FieldType == typeof(long) ? ScalarType.Int64 : ScalarType.Float64)
                ? field.FieldType == typeof(long) ? Write(value.item<long>()) : Write(value.item<double>())
                : throw new InvalidDataException($"it lacks the number '{key}'.");
        }

        var own = (Tensor?)field.GetValue(state);
        var type = own?.dtype ?? parameter.dtype;
        if (value is not null && value.dtype != type)
        {
            throw new InvalidDataException($"its '{key}' is of type {value.dtype}, not {type}.");
        }

        if (own is not null && value is not null && own.shape.AsSpan().SequenceEqual(value.shape))
        {
            return () => own.copy_(value);
        }

        // Some buffers, such as SGD's momentum, come to be with the first step only.
        if (value is not null && !value.shape.AsSpan().SequenceEqual(parameter.shape))
        {
            throw new InvalidDataException($"its '{key}' has shape [{string.Join(", ", value.shape)}], not [{string.Join(", ", parameter.shape)}].");
        }

        var placed = value?.to(parameter.device, copy: true);
        return () =>
        {
            placed?.DetachFromDisposeScope(); // not before: what is refused later must not stay behind
            own?.Dispose();
            field.SetValue(state, placed);
        };

        Action Write(object number) => () => field.SetValue(state, number);
    }

    private static Dictionary<string, double> Options(OptimizerOptions group)
    {
        var options = new Dictionary<string, double>(StringComparer.Ordinal)
        {
            [nameof(OptimizerOptions.InitialLearningRate)] = group.InitialLearningRate,
        };
        if (group.LearningRate is { } rate)
        {
            options[nameof(OptimizerOptions.LearningRate)] = rate;
        }

        foreach (var field in group.GetType().GetFields(BindingFlags.Instance | BindingFlags.Public))
        {
            if (field.GetValue(group) is { } value)
            {
                options[field.Name] = Convert.ToDouble(value, CultureInfo.InvariantCulture);
            }
        }

        return options;
    }

    private static Action PlanOptions(IReadOnlyDictionary<string, double> saved, OptimizerOptions group)
    {
        var fields = group.GetType().GetFields(BindingFlags.Instance | BindingFlags.Public);
        var needed = Options(group).Keys; // an optimizer that began with an option does not do without it
        var known = fields.Select(field => field.Name).Concat(needed).Append(nameof(OptimizerOptions.LearningRate));
        if (needed.Except(saved.Keys, StringComparer.Ordinal).FirstOrDefault() is { } missing)
        {
            throw new InvalidDataException($"its optimizer lacks the option '{missing}'.");
        }

        if (saved.FirstOrDefault(option => !known.Contains(option.Key, StringComparer.Ordinal) || !double.IsFinite(option.Value)) is { Key: not null } odd)
        {
            throw new InvalidDataException($"its optimizer has the option '{odd.Key}' = {odd.Value.ToString(CultureInfo.InvariantCulture)}.");
        }

        var values = fields.Select(field => (Field: field, Value: Converted(saved, field))).ToList();
        return () =>
        {
            group.InitialLearningRate = saved[nameof(OptimizerOptions.InitialLearningRate)];
            group.LearningRate = saved.TryGetValue(nameof(OptimizerOptions.LearningRate), out var rate) ? rate : null;
            values.ForEach(entry => entry.Field.SetValue(group, entry.Value));
        };
    }

    private static object? Converted(IReadOnlyDictionary<string, double> options, FieldInfo field)
    {
        try
        {
            return options.TryGetValue(field.Name, out var value)
                ? Convert.ChangeType(value, Nullable.GetUnderlyingType(field.FieldType) ?? field.FieldType, CultureInfo.InvariantCulture)
                : null;
        }
        catch (OverflowException failure)
        {
            throw new InvalidDataException($"its optimizer's option '{field.Name}' is out of range.", failure);
        }
    }

    private static FieldInfo[] FieldsOf(OptimizerState state)
    {
        var own = state.GetType();
        if (own.GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.DeclaredOnly) is [var hidden, ..])
        {
            throw new NotSupportedException($"{own} keeps '{hidden.Name}' to itself, so the optimizer cannot be saved and resumed.");
        }

        return own.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly);
    }
}
