using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Benchmarks;

/// <summary>The published rule written out in TorchSharp: rows out, an extra axis, Kaiming normal, rows back.</summary>
internal sealed class PublishedResetWork : Work
{
    private readonly Linear _head;
    private readonly Tensor _rows;

    /// <param name="shape">Of the head.</param>
    /// <param name="rows">How many rows, spread over the head.</param>
    /// <param name="type">Of the head.</param>
    public PublishedResetWork(HeadShape shape, int rows, ScalarType type)
    {
        _head = Own(Linear(shape.Inputs, shape.Units).to(Machine.Device, type));
        _rows = Own(tensor([.. shape.Rows(rows)], int64, device: Machine.Device));
    }

    public override void Run()
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var values = _head.weight.index_select(0, _rows).unsqueeze(0);
        init.kaiming_normal_(values);
        _head.weight.index_copy_(0, _rows, values.squeeze(0));
    }
}
