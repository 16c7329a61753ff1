using Zapping.Training;
using static TorchSharp.torch;

namespace Zapping.Plasticity;

/// <summary>Online accuracy and gradient norm of a task.</summary>
internal sealed class TaskMeter(nn.Module model) : ITrainingObserver
{
    private const int Every = 25;

    private double _right;
    private double _norms;
    private int _steps;
    private int _looks;

    /// <summary>From 0 to 1.</summary>
    public double Online => _right / _steps;

    /// <summary>Mean over what was looked at.</summary>
    public double GradientNorm => _norms / _looks;

    public void OnStep(TrainingStep step)
    {
        _right += step.Accuracy();
        if (_steps++ % Every == 0)
        {
            using var scope = NewDisposeScope();
            _norms += Math.Sqrt(model.parameters().Select(parameter => parameter.grad?.norm().to(ScalarType.Float64).item<double>() ?? 0).Sum(norm => norm * norm));
            _looks++;
        }
    }

    public void Begin() => (_right, _norms, _steps, _looks) = (0, 0, 0, 0);
}
