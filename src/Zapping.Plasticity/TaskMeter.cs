using Zapping.Training;
using static TorchSharp.torch;

namespace Zapping.Plasticity;

/// <summary>Online accuracy, loss and gradient norm of a task.</summary>
/// <param name="model">What is trained.</param>
/// <param name="classifies">Whether labels are classes.</param>
internal sealed class TaskMeter(nn.Module model, bool classifies) : ITrainingObserver
{
    private const int Every = 25;

    private double _right;
    private double _losses;
    private double _norms;
    private int _steps;
    private int _looks;

    /// <summary>From 0 to 1; null where there are no classes.</summary>
    public double? Online => classifies ? _right / _steps : null;

    /// <summary>Mean of the steps.</summary>
    public double Loss => _losses / _steps;

    /// <summary>Mean over what was looked at.</summary>
    public double GradientNorm => _norms / _looks;

    public void OnStep(TrainingStep step)
    {
        _right += classifies ? step.Accuracy() : 0;
        _losses += step.Loss;
        if (_steps++ % Every == 0)
        {
            using var scope = NewDisposeScope();
            _norms += Math.Sqrt(model.parameters().Select(parameter => parameter.grad?.norm().to(ScalarType.Float64).item<double>() ?? 0).Sum(norm => norm * norm));
            _looks++;
        }
    }

    public void Begin() => (_right, _losses, _norms, _steps, _looks) = (0, 0, 0, 0, 0);
}
