using Zapping.Training.Heads;
using Zapping.Training.HiddenUnits;
using Zapping.Training.Native;
using Zapping.Training.Validation;
using static TorchSharp.torch;

namespace Zapping.Training.Diagnostics;

/// <summary>
/// Measures how a model represents a fixed batch: which units are dormant or dead, and how many directions the features fill. A
/// measurement is one forward pass in eval mode without gradients and one singular value decomposition [examples, features]; between
/// two of them nothing is left on the model.
/// <code>
/// var probe = new RepresentationProbe(model, images, new RepresentationOptions { Head = HeadSelector.ByName("head") });
/// var rank = probe.Measure().Features.EffectiveRank;
/// </code>
/// </summary>
/// <threadsafety>One thread at a time, and not while the model is trained on another one.</threadsafety>
public sealed class RepresentationProbe
{
    private readonly nn.Module<Tensor, Tensor> _model;
    private readonly Tensor _batch;
    private readonly RepresentationOptions _options;
    private readonly IReadOnlyList<HiddenLayer>? _hidden;

    /// <summary>Makes a probe.</summary>
    /// <param name="model">The model; layers are looked up at each measurement, because <c>.to()</c> replaces their parameters.</param>
    /// <param name="batch">[n, …], n at least 1, on the model's device. Stays the caller's to dispose of, after the last measurement.</param>
    /// <param name="options">Not to be changed later. Default: see there.</param>
    /// <exception cref="ArgumentException">An option is invalid, the batch is empty, no layer is selected, or the graph is of another model.</exception>
    /// <exception cref="InvalidOperationException">The classifier cannot be told.</exception>
    /// <exception cref="NotSupportedException">The classifier is no linear layer.</exception>
    public RepresentationProbe(nn.Module<Tensor, Tensor> model, Tensor batch, RepresentationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(batch);
        (_model, _batch, _options) = (model, batch, OptionsValidator.Validate(options ?? new RepresentationOptions()));
        if (batch.dim() == 0 || batch.size(0) == 0)
        {
            throw new ArgumentException($"The batch is [{string.Join(", ", batch.shape)}]; it must be [n, …] with n at least 1.", nameof(batch));
        }

        HeadLayer.Find(model, _options.Head);
        _hidden = _options.Units?.Select(_options.Layers ?? (_ => true));
        if (!Readers.Select(layer => layer.Module).All(model.modules().Contains))
        {
            throw new ArgumentException($"{nameof(RepresentationOptions.Units)} is the graph of another model.", nameof(options));
        }
    }

    private IEnumerable<UnitLayer> Readers =>
        _hidden?.SelectMany(units => units.Consumers).Select(reader => reader.Layer).Distinct() ?? UnitLayer.Select(_model, _options.Layers);

    /// <summary>Makes one forward pass and looks.</summary>
    /// <exception cref="InvalidOperationException">The classifier was not called, or can no longer be told.</exception>
    public RepresentationRecord Measure()
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        using var mode = new EvalModeScope(_model);
        using var activity = new ActivationRecorder(Readers);
        using var features = new FeatureRecorder(HeadLayer.Find(_model, _options.Head));
        _model.call(_batch);
        return new RepresentationRecord(
            [.. Units(activity).Select(units => units.Measure(_options.DormantThreshold))],
            FeatureStatistics.Compute(features.All, _options.SrankDelta));
    }

    private IEnumerable<UnitMagnitudes> Units(ActivationRecorder activity) => (_hidden, _options.Layers) switch
    {
        ({ } hidden, _) => hidden.Select(activity.Of).OfType<UnitMagnitudes>(),
        (null, null) => activity.Called.Skip(1).Select(read => read.PerInput()),
        _ => activity.Called.Select(read => read.PerInput()),
    };
}
