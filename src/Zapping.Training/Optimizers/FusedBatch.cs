using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Zapping.Training.Optimizers;

/// <summary>
/// What one fused call works on: parameters, their gradients and the optimizer's memory of them, side by side.
/// <para>
/// The kernels of libtorch 2.10 walk through memory without looking at strides, and for half precision on the CPU
/// <c>_fused_sgd_</c> leaves parameters as they were; neither is reported. So a tensor that they cannot read - sparse,
/// not contiguous, of another type or device, half on the CPU - is stood in for by a copy that they can, which is
/// written back afterwards. Copies live in the caller's dispose scope.
/// </para>
/// </summary>
internal sealed class FusedBatch(ScalarType type, Device device)
{
    private readonly List<Tensor> _parameters = [];
    private readonly List<Tensor> _gradients = [];
    private readonly List<Tensor>[] _states = [[], [], []];
    private readonly List<(Tensor Own, Tensor StandIn)> _standIns = [];

    public Device Device => device;

    public Tensor[] Parameters => [.. _parameters];

    public Tensor[] Gradients => [.. _gradients];

    /// <summary>The type in which the kernels compute on a parameter.</summary>
    /// <exception cref="NotSupportedException">They do not know its type.</exception>
    public static ScalarType TypeFor(Parameter parameter) => parameter.dtype switch
    {
        ScalarType.Float16 or ScalarType.BFloat16 when parameter.device_type == DeviceType.CPU => ScalarType.Float32,
        var own and (ScalarType.Float16 or ScalarType.BFloat16 or ScalarType.Float32 or ScalarType.Float64) => own,
        var other => throw new NotSupportedException($"A fused optimizer cannot move a parameter of type {other}: use TorchSharp's own."),
    };

    /// <summary>One state of every parameter; empty if the rule keeps no such state.</summary>
    public Tensor[] State(int index) => [.. _states[index]];

    public void Add(Parameter parameter, Tensor gradient, params ReadOnlySpan<Tensor> states)
    {
        _gradients.Add(IsReadable(gradient) ? gradient : Readable(gradient));
        _parameters.Add(InPlace(parameter));
        for (var i = 0; i < states.Length; i++)
        {
            _states[i].Add(InPlace(states[i]));
        }
    }

    /// <summary>Gives what the kernel made of copies to the tensors that they stood in for.</summary>
    public void WriteBack()
    {
        foreach (var (own, standIn) in _standIns)
        {
            own.copy_(standIn);
        }
    }

    private Tensor InPlace(Tensor own)
    {
        if (IsReadable(own))
        {
            return own;
        }

        var standIn = Readable(own);
        _standIns.Add((own, standIn));
        return standIn;
    }

    private bool IsReadable(Tensor tensor) =>
        !tensor.is_sparse && tensor.dtype == type
        && tensor.device_type == device.type && tensor.device_index == device.index
        && tensor.is_contiguous();

    private Tensor Readable(Tensor tensor) =>
        (tensor.is_sparse ? tensor.to_dense() : tensor).to(type, device).contiguous();
}
