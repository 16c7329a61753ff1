using TorchSharp.Modules;
using Zapping.Training.Parameters;
using static TorchSharp.torch;

namespace Zapping.Training.Diagnostics;

/// <summary>
/// Measures a model's weights. Gradients are those that the last backward pass has left: in an observer's
/// <see cref="ITrainingObserver.OnStep"/> the ones of that step, after clipping; they stay until the next step begins.
/// </summary>
/// <threadsafety>One thread at a time, and not while the model is trained on another one.</threadsafety>
public sealed class WeightProbe
{
    private readonly nn.Module _model;
    private readonly HeadSelector _head;
    private readonly ParameterSnapshot? _initial;

    /// <summary>Makes a probe.</summary>
    /// <param name="model">The model; its parameters are looked up at each measurement.</param>
    /// <param name="head">Which layer is the classifier. Default: the model's only linear layer.</param>
    /// <param name="initial">
    /// Where distances are measured from, usually taken before training. Stays the caller's to dispose of, after the last measurement.
    /// Default: none, and no distances.
    /// </param>
    /// <exception cref="ArgumentException">The snapshot is of another model.</exception>
    /// <exception cref="InvalidOperationException">The classifier cannot be told.</exception>
    public WeightProbe(nn.Module model, HeadSelector? head = null, ParameterSnapshot? initial = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        (_model, _head, _initial) = (model, head ?? HeadSelector.Single(), initial);
        _head.Find(model);
        foreach (var (name, parameter) in model.named_parameters())
        {
            _initial?.EnsureHolds(parameter, name);
        }
    }

    /// <summary>Whether <see cref="ParameterNorms.IsometryDeviation"/> is measured, which costs a product of each weight with itself. Default: no.</summary>
    public bool MeasuresIsometry { get; init; }

    /// <summary>Takes the norms, in double precision. The device is waited for once for each of them.</summary>
    /// <exception cref="ArgumentException">A parameter has another shape than in the snapshot, as after a classifier has grown.</exception>
    /// <exception cref="InvalidOperationException">The classifier can no longer be told.</exception>
    public WeightRecord Measure()
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var weight = Precise(_head.Find(_model).Weight).flatten(1);
        var rows = (weight * weight).sum([1]).sqrt();
        return new WeightRecord(
            [.. _model.named_parameters().Select(p => Measure(p.name, p.parameter))],
            new RowNorms([.. rows.cpu().data<double>()]));
    }

    private ParameterNorms Measure(string name, Parameter parameter)
    {
        using var scope = NewDisposeScope();
        _initial?.EnsureHolds(parameter, name);
        var values = Precise(parameter);
        return new ParameterNorms(
            name,
            Norm(values),
            parameter.grad is { } gradient ? Norm(Precise(gradient)) : null,
            _initial is null ? null : Norm(values - Precise(_initial[name])))
        {
            IsometryDeviation = MeasuresIsometry && values.dim() >= 2 ? DeviationFromIsometry(values.flatten(1)) : null,
        };
    }

    // Of the longer side, whose vectors cannot all be orthogonal, the other one is taken.
    private static double DeviationFromIsometry(Tensor matrix)
    {
        var (rows, columns) = (matrix.size(0), matrix.size(1));
        var products = rows <= columns ? matrix.mm(matrix.t()) : matrix.t().mm(matrix);
        return Norm(products - eye(Math.Min(rows, columns), dtype: ScalarType.Float64, device: matrix.device));
    }

    private static Tensor Precise(Tensor tensor) => tensor.detach().to(ScalarType.Float64);

    private static double Norm(Tensor tensor) => tensor.norm().item<double>();
}
