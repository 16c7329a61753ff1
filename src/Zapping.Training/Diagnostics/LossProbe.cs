using TorchSharp.Modules;
using Zapping.Training.Data;
using Zapping.Training.Native;
using Zapping.Training.Optimizers;
using Zapping.Training.Steps;
using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training.Diagnostics;

/// <summary>A model whose losses are looked at in eval mode; disposing gives it back as it was.</summary>
internal sealed class LossProbe : IDisposable
{
    private readonly nn.Module<Tensor, Tensor> _model;
    private readonly Func<Tensor, Tensor, Tensor> _loss;
    private readonly List<Parameter> _parameters;
    private readonly EvalModeScope _mode;
    private readonly BufferScope _buffers;

    /// <exception cref="ArgumentException">Nothing requires a gradient.</exception>
    public LossProbe(nn.Module<Tensor, Tensor> model, Func<Tensor, Tensor, Tensor>? loss)
    {
        ArgumentNullException.ThrowIfNull(model);
        _model = model;
        _loss = loss ?? ClassLoss.CrossEntropy;
        _parameters = [.. model.parameters().Where(parameter => parameter.requires_grad).DistinctBy(parameter => TensorIdentity.Of(parameter))];
        if (_parameters.Count == 0)
        {
            throw new ArgumentException($"No parameter of {ModuleName.Of(model)} requires a gradient.", nameof(model));
        }

        _mode = new EvalModeScope(model);
        _buffers = new BufferScope(model);
    }

    /// <summary>Those that require a gradient.</summary>
    public IReadOnlyList<Parameter> Parameters => _parameters;

    public double Loss(LabeledBatch task)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        return LossOf(task).to(ScalarType.Float64).item<double>();
    }

    /// <summary>[all entries of the parameters] in double precision.</summary>
    public Tensor FlatGradient(LabeledBatch task)
    {
        using var scope = NewDisposeScope();
        var parts = Gradient(task).Zip(_parameters, (gradient, parameter) => gradient is null
            ? zeros(parameter.numel(), ScalarType.Float64, parameter.device)
            : gradient.detach().reshape(-1).to(ScalarType.Float64));
        return cat([.. parts]).MoveToOuterDisposeScope();
    }

    /// <summary>The Hessian of the loss times a vector, in parts of the parameters' shapes.</summary>
    public IReadOnlyList<Tensor> HessianProduct(LabeledBatch task, IReadOnlyList<Tensor> vector)
    {
        using var scope = NewDisposeScope();
        using var recording = enable_grad();
        var gradient = Gradients.Of(LossOf(task), _parameters, differentiable: true);
        var product = Gradients.OfProduct(gradient, vector, _parameters);
        using var noGrad = no_grad();
        return [.. product.Zip(_parameters, (part, parameter) => (part?.detach() ?? zeros_like(parameter)).MoveToOuterDisposeScope())];
    }

    /// <summary>One step of plain gradient descent on a task; disposing takes it back, bit for bit.</summary>
    public IDisposable Step(LabeledBatch task, double learningRate)
    {
        using var scope = NewDisposeScope();
        var gradient = Gradient(task);
        var undo = new BufferScope(_parameters.Select(parameter => ("", (Tensor)parameter)));
        FusedKernels.Descend(_parameters, gradient, learningRate);
        return undo;
    }

    public void Dispose()
    {
        _buffers.Dispose();
        _mode.Dispose();
    }

    private IReadOnlyList<Tensor?> Gradient(LabeledBatch task)
    {
        using var gradients = enable_grad();
        return Gradients.Of(LossOf(task), _parameters);
    }

    private Tensor LossOf(LabeledBatch task)
    {
        var loss = _loss(_model.call(task.Inputs), task.Labels);
        return loss.numel() == 1
            ? loss
            : throw new InvalidOperationException($"The loss must be a scalar, but has shape [{string.Join(", ", loss.shape)}].");
    }
}
