using TorchSharp.Modules;
using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training.Steps;

/// <summary>
/// Sees to it that a step which goes wrong leaves no trace: it remembers what a forward pass may write, which is the model's buffers and what policies
/// gather, and looks whether loss, gradients and buffers are finite before anything is updated. The host waits for a GPU once, as it does for the loss alone.
/// </summary>
/// <param name="model">The model.</param>
/// <param name="gathered">What else a forward pass may write.</param>
internal sealed class StepGuard(nn.Module model, Func<IEnumerable<(string Name, Tensor Tensor)>> gathered) : IDisposable
{
    // A sum shows whether any of its numbers is NaN or infinite, and only reads them; on a GPU one operator for all of them saves launches. It multiplies by 1 besides, which
    // changes no number. Both are in single precision (type 6): what overflows there is told apart by the search.
    private static readonly AtenScript Script = new(
        """
        def look(out: Tensor, loss: Tensor, gradients: List[Tensor], buffers: List[Tensor]):
            found = torch.zeros([1], dtype=6, device=loss.device)
            if loss.is_cuda:
                if len(gradients) > 0:
                    torch._amp_foreach_non_finite_check_and_unscale_(gradients, found, torch.ones([1], dtype=6, device=loss.device))
            else:
                sums : List[Tensor] = []
                for gradient in gradients:
                    sums.append(gradient.sum(dtype=6))
                if len(sums) > 0:
                    found = torch.stack(sums).sum().reshape([1]) * 0
            if len(buffers) > 0:
                found = found + torch.stack(torch._foreach_norm(buffers)).sum().to(6) * 0
            out.copy_(torch.stack([loss.reshape([]), found[0].to(loss.dtype)]))
        """);

    private readonly TensorMemo _memo = new();
    private readonly HashSet<string> _infinite = new(StringComparer.Ordinal);

    /// <summary>All that a forward pass may write.</summary>
    public IEnumerable<(string Name, Tensor Tensor)> Written => model.named_buffers().Select(b => (b.name, b.buffer)).Concat(gathered());

    /// <summary>To be called before the forward pass.</summary>
    /// <param name="moved">Parameters that will be moved before <see cref="Inspect"/>.</param>
    public void Begin(IEnumerable<(string Name, Parameter Parameter)> moved) => _memo.Remember(Written.Concat(moved.Select(own => (own.Name, (Tensor)own.Parameter))));

    /// <summary>Gives back what was remembered.</summary>
    public void Undo() => _memo.Restore();

    /// <summary>Looks at a step before its update.</summary>
    /// <param name="loss">A scalar.</param>
    /// <param name="parameters">Those whose gradients will be used; each has one.</param>
    /// <returns>The loss, and what besides it is not finite, if anything.</returns>
    public (double Loss, NonFiniteTensors? Others) Inspect(Tensor loss, IReadOnlyList<Parameter> parameters)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var scalar = loss.detach();
        List<Tensor> gradients = [.. parameters.Select(parameter => parameter.grad!)];
        List<Tensor> buffers = [.. _memo.Entries.Where(entry => HasNumbers(entry.Tensor) && !_infinite.Contains(entry.Name)).Select(entry => entry.Tensor)];
        if (IsReal(scalar) && gradients.TrueForAll(g => IsReal(g) && TensorPlace.Same(g, scalar)) && buffers.TrueForAll(b => b.dtype == scalar.dtype && TensorPlace.Same(b, scalar)))
        {
            var read = empty([2], scalar.dtype, scalar.device);
            Script.Invoke("look", read, scalar, gradients.ToArray(), buffers.ToArray());
            var numbers = read.cpu().to(ScalarType.Float64).data<double>();
            return (numbers[0], numbers[1] == 0 ? null : Search(parameters));
        }

        return (scalar.cpu().to(ScalarType.Float64).item<double>(), Search(parameters));
    }

    public void Dispose() => _memo.Dispose();

    // One by one and exactly: what the quick look cannot read, or has found, where it takes infinity in a mask and squares that overflow for faults.
    private NonFiniteTensors? Search(IReadOnlyList<Parameter> parameters)
    {
        if (FiniteWeights.Found(parameters.Select(parameter => (NameOf(parameter), parameter.grad!))) is { Count: > 0 } gradients)
        {
            return NonFiniteTensors.Gradients(gradients);
        }

        var entries = _memo.Entries.Where(entry => HasNumbers(entry.Tensor)).ToList();
        var before = FiniteWeights.Found(entries.Select(entry => (entry.Name, entry.Value))).Select(f => f.Name).ToHashSet(StringComparer.Ordinal);
        var found = FiniteWeights.Found(entries.Where(entry => !before.Contains(entry.Name)).Select(entry => (entry.Name, entry.Tensor)));
        _infinite.UnionWith(before);
        return found.Count > 0 ? NonFiniteTensors.Written(found) : null;
    }

    private string NameOf(Parameter parameter) =>
        model.named_parameters().Where(p => TensorIdentity.Same(p.parameter, parameter)).Select(p => p.name).FirstOrDefault("a parameter that is not the model's");

    private static bool HasNumbers(Tensor tensor) => tensor.is_floating_point() || tensor.is_complex();

    private static bool IsReal(Tensor tensor) => tensor.is_floating_point() && !tensor.is_sparse;
}
