using Zapping.Training.Data;
using Zapping.Training.Randomness;
using Zapping.Training.Resuming;
using Zapping.Training.Validation;
using static TorchSharp.torch;

namespace Zapping.Training.Episodes;

/// <summary>
/// Draws episodes from a data set that fits into memory. Class, inner, remember and validation images each have a
/// stream of random numbers of their own, which is a function of (seed, episode, purpose) alone: the sampler has no
/// state to save, and more validation images move no other draw.
/// </summary>
public sealed class EpisodeSampler : IEpisodeSource, IDescribed
{
    private readonly EpisodeOptions _options;
    private readonly LabeledBatch _training;
    private readonly LabeledBatch? _validation;
    private readonly (int ClassId, long[] Images)[] _classes;
    private readonly ulong _seed;
    private IReadOnlyDictionary<string, object?>? _description;

    /// <summary>Makes a sampler over tensors that stay the caller's to dispose of.</summary>
    /// <param name="training">[n, …] inputs and [n] class ids as 64-bit integers.</param>
    /// <param name="options">What is drawn; read now. Default: see there.</param>
    /// <param name="seed">Seed of all draws.</param>
    /// <param name="validation">
    /// [m, …] and [m], on the same device; needed if the options ask for validation images.
    /// </param>
    /// <exception cref="ArgumentException">
    /// An option is invalid, the tensors do not fit together or are empty, or there are fewer images than are drawn
    /// without replacement.
    /// </exception>
    public EpisodeSampler(
        LabeledBatch training, EpisodeOptions? options = null, ulong seed = 0, LabeledBatch? validation = null)
    {
        options = OptionsValidator.Validate(options ?? new EpisodeOptions()) with { };
        _options = options;
        var labels = LabelsOf(training, nameof(training));
        EnsureEnough(labels.Length, options);
        if (options.ValidationExamples > 0)
        {
            LabelsOf(validation ?? throw new ArgumentException("Validation images are asked for, but there are none.", nameof(validation)), nameof(validation));
        }

        _training = training;
        _validation = validation;
        _classes = [.. labels
            .Select((label, image) => (Label: checked((int)label), Image: (long)image))
            .GroupBy(pair => pair.Label, pair => pair.Image)
            .OrderBy(group => group.Key)
            .Select(group => (group.Key, group.ToArray()))];
        _seed = seed;
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, object?> Description => _description ??= new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["inputs"] = DataText.Of(_training.Inputs),
        ["labels"] = DataText.Of(_training.Labels),
        ["validation_inputs"] = _validation is { } validation && _options.ValidationExamples > 0 ? DataText.Of(validation.Inputs) : null,
        ["inner_images"] = _options.InnerExamples,
        ["inner_source"] = _options.InnerSource,
        ["small_classes"] = _options.Oversampling,
        ["remember_images"] = _options.RememberExamples,
        ["remember_only"] = _options.RememberOnly,
        ["validation_images"] = _options.ValidationExamples,
        ["seed"] = _seed,
    };

    /// <summary>The class ids that are drawn from, in ascending order.</summary>
    public IReadOnlyList<int> Classes => Array.ConvertAll(_classes, c => c.ClassId);

    /// <inheritdoc/>
    public Episode Episode(long index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        var drawn = _classes[Stream(index, "class").Below(_classes.Length)];
        var inner = InnerOf(drawn.Images, Stream(index, "inner"));
        var remember = Stream(index, "remember").Distinct(_options.RememberExamples, Count(_training));
        var validation = _options.ValidationExamples > 0 ? ValidationOf(Stream(index, "validation")) : [];
        var (first, count) = _options.RememberOnly ? (inner.Length, remember.Length) : (0, inner.Length + remember.Length);

        // One copy to the data's device for all draws: with each copy the device waits.
        using var draws = tensor([.. inner, .. remember, .. validation], device: _training.Inputs.device);
        var all = Take(_training, draws, 0, inner.Length + remember.Length);
        return new Episode(
            drawn.ClassId,
            Part(all, 0, inner.Length),
            Part(all, inner.Length, remember.Length),
            Part(all, first, count),
            validation.Length > 0 ? Take(_validation!.Value, draws, inner.Length + remember.Length, validation.Length) : null);
    }

    private long[] InnerOf(long[] ofClass, RandomStream random)
    {
        var wanted = _options.InnerExamples;
        if (_options.InnerSource == InnerExampleSource.AllClasses)
        {
            return random.Distinct(wanted, Count(_training));
        }

        if (wanted > ofClass.Length && _options.Oversampling == Oversampling.DrawWithReplacement)
        {
            return [.. Enumerable.Range(0, wanted).Select(_ => ofClass[random.Below(ofClass.Length)])];
        }

        var inner = new List<long>(wanted);
        while (inner.Count < wanted)
        {
            inner.AddRange(random.Distinct(Math.Min(wanted - inner.Count, ofClass.Length), ofClass.Length).Select(i => ofClass[i]));
        }

        return [.. inner];
    }

    private long[] ValidationOf(RandomStream random)
    {
        var count = Count(_validation!.Value);
        return [.. Enumerable.Range(0, _options.ValidationExamples).Select(_ => (long)random.Below(count))];
    }

    private RandomStream Stream(long index, string purpose) => new(StableHash.Mix(_seed, (ulong)index), "episode " + purpose);

    private static void EnsureEnough(int images, EpisodeOptions options)
    {
        var needed = Math.Max(
            options.RememberExamples, options.InnerSource == InnerExampleSource.AllClasses ? options.InnerExamples : 0);
        if (needed > images)
        {
            throw new ArgumentException($"{needed} images are to be drawn without replacement, but there are {images}.", nameof(options));
        }

        if (options is { RememberOnly: true, RememberExamples: 0 })
        {
            throw new ArgumentException("An outer batch of remember images alone needs at least one of them.", nameof(options));
        }
    }

    private static int Count(LabeledBatch images) => checked((int)images.Labels.shape[0]);

    private static LabeledBatch Take(LabeledBatch from, Tensor draws, int first, int count)
    {
        using var indices = draws.narrow(0, first, count);
        return new LabeledBatch(from.Inputs.index_select(0, indices), from.Labels.index_select(0, indices));
    }

    private static LabeledBatch Part(LabeledBatch of, int first, int count) =>
        new(of.Inputs.narrow(0, first, count), of.Labels.narrow(0, first, count));

    private static long[] LabelsOf(LabeledBatch images, string name)
    {
        var (inputs, labels) = images;
        if (inputs is null || labels is null || labels.dim() != 1 || labels.dtype != ScalarType.Int64
            || inputs.dim() < 1 || inputs.shape[0] != labels.shape[0] || labels.shape[0] == 0)
        {
            throw new ArgumentException("Inputs and labels must be [n, …] and [n] 64-bit integers with n at least 1.", name);
        }

        using var onCpu = labels.cpu();
        return onCpu.data<long>().ToArray();
    }
}
