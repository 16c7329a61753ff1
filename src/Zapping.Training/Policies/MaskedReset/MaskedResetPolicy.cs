using TorchSharp;
using Zapping.Training.Initializers;
using Zapping.Training.Parameters;
using Zapping.Training.Resets;
using Zapping.Training.Resuming;
using Zapping.Training.Validation;
using static TorchSharp.torch;

namespace Zapping.Training.Policies;

/// <summary>
/// Knowledge evolution, and its kin of fortuitous forgetting: a mask of weights stays, and all others are drawn anew, generation after generation. After Taha, Shrivastava and Davis, "Knowledge Evolution
/// in Neural Networks" (CVPR 2021, arXiv 2103.05152), and Zhou et al., "Fortuitous Forgetting in Connectionist Networks" (ICLR 2022). Run it every so many epochs, the first aside:
/// <c>new(EpochBoundary) { Period = 200, SkipFirst = true }</c>.
/// </summary>
/// <remarks>
/// <para>
/// A corner keeps the first ceil(r · outputs) outputs and ceil(r · inputs) inputs; the first layer of the model keeps the weights of all its inputs. A bias keeps the outputs of the corner; with
/// the other masks it has a mask of its own, made like that of a weight. The published runs restart the learning rate with each generation, which is up to the caller.
/// </para>
/// </remarks>
/// <threadsafety>Immutable; one policy may serve several schedulers.</threadsafety>
public sealed class MaskedResetPolicy : IResetPolicy, IDescribed
{
    private readonly MaskedResetOptions _options;

    /// <summary>Makes a policy with the given options.</summary>
    /// <param name="options">Read now; later changes have no effect.</param>
    /// <exception cref="ArgumentException">The options are invalid.</exception>
    public MaskedResetPolicy(MaskedResetOptions? options = null) => _options = OptionsValidator.Validate(options ?? new MaskedResetOptions()) with { };

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, object?> Description => new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["keep"] = _options.Keep,
        ["mask"] = _options.Mask,
        ["same_mask"] = _options.SameMask,
        ["fresh"] = _options.Fresh?.ToString() ?? "default",
        ["parameters"] = _options.Parameters.ToString(),
        ["optimizer_state"] = _options.OptimizerState,
    };

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">No weight of a linear layer or a convolution is chosen.</exception>
    public void Apply(ResetContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        using var noGrad = no_grad();
        var first = context.Modules().FirstOrDefault(own => LayerDefaults.FanInOf(own.Module) is not null).Module;
        var masked = LayerParameter.Of(context.Model, _options.Parameters).Where(own => LayerDefaults.FanInOf(own.Module) is not null).ToList();
        if (masked.Count == 0)
        {
            throw new InvalidOperationException($"No weight of a linear layer or a convolution is chosen. Choose others with {nameof(MaskedResetOptions)}.{nameof(MaskedResetOptions.Parameters)}.");
        }

        foreach (var own in masked)
        {
            using var scope = NewDisposeScope();
            using Scalar nothing = 0;
            long[] others = [.. Mask(own, keepsInputs: ReferenceEquals(own.Module, first), context).reshape(-1).eq(nothing).nonzero().reshape(-1).cpu().data<long>()];
            if (others.Length > 0)
            {
                context.Reset(own.Parameter, ParameterSlice.Entries(others), _options.Fresh ?? own.Default, _options.OptimizerState);
            }
        }
    }

    // 1 where an entry is kept, 0 elsewhere, in the parameter's shape.
    private Tensor Mask(LayerParameter own, bool keepsInputs, ResetContext context) => _options.Mask switch
    {
        KeptWeights.Corner => Corner(own.Parameter.shape, keepsInputs),
        KeptWeights.Random => KeptAtRandom(own, context),
        _ => Largest(own.Parameter.detach()),
    };

    private Tensor Corner(long[] shape, bool keepsInputs)
    {
        var mask = zeros(shape);
        var corner = mask.narrow(0, 0, Share(shape[0]));
        if (shape.Length > 1 && !keepsInputs)
        {
            corner = corner.narrow(1, 0, Share(shape[1]));
        }

        using Scalar kept = 1;
        corner.fill_(kept);
        return mask;
    }

    private Tensor KeptAtRandom(LayerParameter own, ResetContext context)
    {
        var purpose = $"mask:{own.Name}";
        var noise = _options.SameMask ? context.LastingNoise(purpose) : context.Noise(purpose);
        using Scalar share = _options.Keep;
        return noise.Uniform(empty(own.Parameter.shape), 0, 1).lt(share).to(ScalarType.Float32);
    }

    private Tensor Largest(Tensor weights)
    {
        using Scalar kept = 1;
        var falling = sort(weights.abs().reshape(-1), descending: true, stable: true).indices;
        return zeros(weights.numel()).index_fill_(0, falling.narrow(0, 0, Share(weights.numel())).cpu(), kept);
    }

    private long Share(long count) => (long)Math.Ceiling(_options.Keep * count);
}
