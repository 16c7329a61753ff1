using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Benchmarks;

/// <summary>
/// A reset of rows of a head through the whole machinery: schedule, search for the head, checks, noise, write.
/// </summary>
internal sealed class ResetWork : Work
{
    private readonly ZapScheduler _scheduler;

    /// <param name="shape">Of the head.</param>
    /// <param name="rows">How many rows, spread over the head.</param>
    /// <param name="type">Of the head.</param>
    /// <param name="options">What else than the weights of these rows is reset.</param>
    public ResetWork(HeadShape shape, int rows, ScalarType type = ScalarType.Float32, Action<ZapOptions>? options = null)
    {
        var model = Own(Sequential(("flatten", Flatten()), ("head", Linear(shape.Inputs, shape.Units))).to(Machine.Device, type));
        var zap = new ZapOptions { Units = UnitSelection.Indices([.. shape.Rows(rows)]) };
        options?.Invoke(zap);
        _scheduler = new ZapScheduler(
            model, [Own(optim.Adam(model.parameters()))], new ZapPolicy(zap), new ResetSchedule(BoundaryKind.ClassBoundary));
    }

    /// <summary>Bias and Adam's moments too.</summary>
    public static void WithBiasAndMoments(ZapOptions zap)
    {
        zap.Bias = BiasReset.Zero;
        zap.OptimizerState = OptimizerStateReset.Slice;
    }

    public override void Run() => _scheduler.Signal(BoundaryKind.ClassBoundary);
}
