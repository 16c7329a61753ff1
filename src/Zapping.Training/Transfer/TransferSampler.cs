using System.ComponentModel.DataAnnotations;
using Zapping.Training.Randomness;
using Zapping.Training.Validation;

namespace Zapping.Training.Transfer;

/// <summary>How many classes and examples a <see cref="TransferSampler"/> draws. In arXiv 2310.07996: 600 classes of Omniglot, with 15 and 5 examples.</summary>
public sealed record TransferSamplerOptions
{
    /// <summary>Classes. Default: <see langword="null"/>, all that there are. Range: 1 or more.</summary>
    [Range(1, int.MaxValue)]
    public int? Classes { get; set; }

    /// <summary>Support examples of each class, which are learned from; at least 1, default 15.</summary>
    [Range(1, int.MaxValue)]
    public int SupportExamples { get; set; } = 15;

    /// <summary>Query examples of each class, which are only tested; at least 1, default 5.</summary>
    [Range(1, int.MaxValue)]
    public int QueryExamples { get; set; } = 5;

    /// <summary>Seed of all draws; default 0.</summary>
    public ulong Seed { get; set; }
}

/// <summary>
/// Draws trials of a transfer: which classes in which order, and which of their examples are support and which query. A draw
/// is a function of (seed, trial) alone, with one stream of random numbers for the classes and one for the examples, so every
/// model and learning rate meets the same draws; and fewer classes are the first of more.
/// </summary>
public sealed class TransferSampler
{
    private readonly IReadOnlyList<int> _examples;
    private readonly TransferSamplerOptions _options;

    /// <summary>Makes a sampler.</summary>
    /// <param name="examplesOfClass">How many examples each class has, class 0 first.</param>
    /// <param name="options">How many are drawn.</param>
    /// <exception cref="ArgumentException">An option is invalid, or there are fewer classes or examples than are drawn.</exception>
    public TransferSampler(IReadOnlyList<int> examplesOfClass, TransferSamplerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(examplesOfClass);
        _options = OptionsValidator.Validate(options ?? new TransferSamplerOptions()) with { };
        _examples = [.. examplesOfClass];
        if (_examples.Count < _options.Classes)
        {
            throw new ArgumentException($"{_options.Classes} classes are to be drawn, but there are only {_examples.Count}.", nameof(examplesOfClass));
        }

        var needed = (long)_options.SupportExamples + _options.QueryExamples;
        for (var c = 0; c < _examples.Count; c++)
        {
            if (_examples[c] < needed)
            {
                throw new ArgumentException(
                    $"Class {c} has {_examples[c]} examples, but {_options.SupportExamples} support and {_options.QueryExamples} query examples are to be drawn.",
                    nameof(examplesOfClass));
            }
        }
    }

    /// <summary>One trial.</summary>
    /// <param name="trial">Which, counted from 0.</param>
    public TransferDraw Draw(int trial)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(trial);
        var order = Stream(trial, "transfer classes").Permutation(_examples.Count);
        var classes = order[..(_options.Classes ?? order.Length)];
        var examples = Stream(trial, "transfer examples");
        var shuffled = Array.ConvertAll(classes, c => examples.Permutation(_examples[c]));
        var support = _options.SupportExamples;
        return new TransferDraw(
            trial,
            classes,
            Array.ConvertAll(shuffled, chosen => (IReadOnlyList<int>)chosen[..support]),
            Array.ConvertAll(shuffled, chosen => (IReadOnlyList<int>)chosen[support..(support + _options.QueryExamples)]));
    }

    private RandomStream Stream(int trial, string purpose) => new(StableHash.Mix(_options.Seed, (ulong)trial), purpose);
}

/// <summary>One trial: numbers of classes and of examples within their class.</summary>
/// <param name="Trial">Which, counted from 0.</param>
/// <param name="Classes">Class ids in the order of presentation.</param>
/// <param name="Support">For each of them, its support examples in the order of presentation.</param>
/// <param name="Query">For each of them, its query examples.</param>
public sealed record TransferDraw(
    int Trial,
    IReadOnlyList<int> Classes,
    IReadOnlyList<IReadOnlyList<int>> Support,
    IReadOnlyList<IReadOnlyList<int>> Query);
