using TorchSharp;
using TorchSharp.Modules;
using Zapping.Training.Parameters;
using Zapping.Training.Resets;
using Zapping.Training.Resuming;
using Zapping.Training.Validation;
using static TorchSharp.torch;

namespace Zapping.Training.Policies;

/// <summary>
/// Active forgetting: draws the embeddings of a model anew every so many steps and keeps all else, so that the rest learns not to rely on them and takes new vocabularies
/// more easily, after Chen et al., "Improving Language Plasticity via Pretraining with Active Forgetting" (2023, arXiv 2307.01163). The released models were reset every 1000
/// updates.
/// </summary>
/// <remarks>
/// Every row becomes new but that of padding, which is 0. As in the released code (github.com/facebookresearch/language-model-plasticity) values are normal with a deviation
/// of 0.02, and the optimizer's moments and step count of the embedding begin anew, while those of the rest stay; there the embedding has a learning rate of its own, which is an
/// optimizer's parameter group here. Right after a reset the model knows no word: take a measurement, or a last checkpoint, just before one.
/// </remarks>
/// <threadsafety>Immutable, for one model; it may serve several schedulers.</threadsafety>
public sealed class EmbeddingResetPolicy : IResetPolicy, IDescribed
{
    private readonly string[] _names;
    private readonly Initializer _weights;
    private readonly int? _paddingRow;
    private readonly OptimizerStateReset _optimizerState;
    private readonly bool _allowSharedWeights;

    /// <summary>Makes a policy with the given options.</summary>
    /// <param name="model">The model that is trained.</param>
    /// <param name="options">Read now; later changes have no effect.</param>
    /// <exception cref="ArgumentException">The options are invalid, no embedding of the model is chosen, or one has no row of that number; the message says why.</exception>
    public EmbeddingResetPolicy(nn.Module model, EmbeddingResetOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        options = OptionsValidator.Validate(options ?? new EmbeddingResetOptions());
        _weights = options.Weights;
        _paddingRow = options.PaddingRow;
        _optimizerState = options.OptimizerState;
        _allowSharedWeights = options.AllowSharedWeights;
        var embeddings = model.named_modules().Select(own => (Name: own.name, Weight: WeightOf(own.module))).Where(own => own.Weight is not null).ToList();
        var chosen = embeddings.FindAll(own => options.Embeddings(own.Name));
        if (chosen.Count == 0)
        {
            var there = embeddings.Count == 0 ? "it has none" : $"it has {string.Join(", ", embeddings.Select(own => $"'{own.Name}'"))}";
            throw new ArgumentException(
                $"No embedding of the model is chosen: {there}. Modules of the types Embedding and EmbeddingBag can be; for tables of your own write a policy of your own.", nameof(options));
        }

        if (chosen.Find(own => own.Weight!.size(0) <= _paddingRow) is { Weight: { } weight } small)
        {
            throw new ArgumentException($"{nameof(EmbeddingResetOptions.PaddingRow)} is {_paddingRow}, but '{small.Name}' has {weight.size(0)} rows.", nameof(options));
        }

        _names = [.. chosen.Select(own => own.Name)];
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, object?> Description => new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["embeddings"] = _names,
        ["weights"] = _weights.ToString(),
        ["padding_row"] = _paddingRow,
        ["optimizer_state"] = _optimizerState,
        ["allow_shared_weights"] = _allowSharedWeights,
    };

    /// <inheritdoc/>
    public void Apply(ResetContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var embeddings = context.Modules().DistinctBy(own => own.Name, StringComparer.Ordinal).ToDictionary(own => own.Name, own => own.Module, StringComparer.Ordinal);
        foreach (var name in _names)
        {
            var weight = embeddings.TryGetValue(name, out var module) ? WeightOf(module) : null;
            Reset(context, weight ?? throw new InvalidOperationException($"The model has no embedding '{name}' any more: make a new policy after the model has been changed."));
        }
    }

    private void Reset(ResetContext context, Parameter weight)
    {
        if (!_allowSharedWeights)
        {
            context.EnsureNotShared(weight, $" If that is meant, set {nameof(EmbeddingResetOptions)}.{nameof(EmbeddingResetOptions.AllowSharedWeights)}.");
        }

        var padding = _paddingRow is { } row ? [row] : RowsOfZeros(weight);
        context.Reset(weight, ParameterSlice.All, _weights, _optimizerState);
        if (padding.Length > 0)
        {
            context.Reset(weight, ParameterSlice.Rows(padding), Initializer.Zeros());
        }
    }

    // All rows of a table that was never drawn are 0, and none of them is known to be padding.
    private static int[] RowsOfZeros(Parameter weight)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        using Scalar nothing = 0;
        var written = weight.ne(nothing).any(1).cpu().data<bool>().ToArray();
        return written.Contains(true) ? [.. Enumerable.Range(0, written.Length).Where(row => !written[row])] : [];
    }

    private static Parameter? WeightOf(nn.Module module) => module switch
    {
        Embedding embedding => embedding.weight,
        EmbeddingBag bag => bag.weight,
        _ => null,
    };
}
