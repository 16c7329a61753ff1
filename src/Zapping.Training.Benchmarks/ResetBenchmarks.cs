using BenchmarkDotNet.Attributes;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Benchmarks;

/// <summary>
/// A reset of the paper's head, Linear(2304, 1000): through the whole machinery (schedule, head search, checks,
/// noise, write) against the published rule written out in TorchSharp, which has none of it.
/// </summary>
[MemoryDiagnoser]
public class ResetBenchmarks : IDisposable
{
    private Sequential _model = null!;
    private Linear _head = null!;
    private optim.Optimizer _optimizer = null!;
    private ZapScheduler _scheduler = null!;
    private ZapScheduler _withMoments = null!;
    private long[] _rows = null!;

    [Params(1, 32, 1000)]
    public int Rows { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _head = Linear(2304, 1000);
        _model = Sequential(("flatten", Flatten()), ("head", _head));
        _optimizer = optim.Adam(_model.parameters());
        _rows = [.. Enumerable.Range(0, Rows).Select(i => (long)i * (1000 / Rows))];
        var units = UnitSelection.These([.. _rows.Select(row => (int)row)]);
        var everyClass = new ResetSchedule(BoundaryKind.ClassBoundary);
        _scheduler = new ZapScheduler(_model, [_optimizer], new ZapPolicy(new ZapOptions { Units = units }), everyClass);
        _withMoments = new ZapScheduler(
            _model,
            [_optimizer],
            new ZapPolicy(new ZapOptions { Units = units, Bias = BiasReset.Zero, OptimizerState = OptimizerStateReset.Slice }),
            everyClass);
    }

    /// <summary>Rows out, an extra axis, Kaiming normal, rows back, as the paper's release does it.</summary>
    [Benchmark(Baseline = true)]
    public void PublishedRule()
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var rows = tensor(_rows);
        var values = _head.weight.index_select(0, rows).unsqueeze(0);
        init.kaiming_normal_(values);
        _head.weight.index_copy_(0, rows, values.squeeze(0));
    }

    /// <summary>The same with the library.</summary>
    [Benchmark]
    public bool Zap() => _scheduler.Signal(BoundaryKind.ClassBoundary);

    /// <summary>The same with bias and Adam's moments.</summary>
    [Benchmark]
    public bool ZapWithBiasAndMoments() => _withMoments.Signal(BoundaryKind.ClassBoundary);

    [GlobalCleanup]
    public void Dispose()
    {
        _optimizer?.Dispose();
        _model?.Dispose();
        GC.SuppressFinalize(this);
    }
}
