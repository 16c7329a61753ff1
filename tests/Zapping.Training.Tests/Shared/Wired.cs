using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Shared;

/// <summary>Parts named "0", "1", … and a forward pass given as a function of them.</summary>
internal sealed class Wired : Module<Tensor, Tensor>
{
    private readonly IReadOnlyList<Module<Tensor, Tensor>> _parts;
    private readonly Func<IReadOnlyList<Module<Tensor, Tensor>>, Tensor, Tensor> _forward;

    public Wired(IReadOnlyList<Module<Tensor, Tensor>> parts, Func<IReadOnlyList<Module<Tensor, Tensor>>, Tensor, Tensor> forward)
        : base(nameof(Wired))
    {
        (_parts, _forward) = (parts, forward);
        for (var i = 0; i < parts.Count; i++)
        {
            register_module(FormattableString.Invariant($"{i}"), parts[i]);
        }
    }

    public override Tensor forward(Tensor input) => _forward(_parts, input);
}
