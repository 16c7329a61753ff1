using TorchSharp.Modules;
using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training.Episodes;

/// <summary>
/// The values that the inner parameters pass through in an inner loop, every so many steps; and the way back to them.
/// The memory is kept from one episode to the next.
/// </summary>
/// <param name="keepEvery">theta_0, theta_k, theta_2k and so on are kept on the way forth.</param>
internal sealed class InnerLoopTape(int keepEvery) : IDisposable
{
    private readonly Dictionary<int, Tensor[]> _kept = [];
    private readonly Stack<Tensor[]> _free = [];
    private IReadOnlyList<Parameter> _parameters = [];

    /// <summary>The parameters have theta_0.</summary>
    /// <param name="parameters">Those that will move.</param>
    /// <param name="steps">How many inner steps there will be.</param>
    public void Begin(IReadOnlyList<Parameter> parameters, long steps)
    {
        if (!Fit(parameters))
        {
            Dispose();
        }

        _parameters = parameters;

        // All at once: between gradients that come and go, they would leave gaps too small for the outer batch.
        for (var sets = (steps + keepEvery - 1) / keepEvery; _free.Count < sets;)
        {
            _free.Push(NewSet());
        }

        Keep(0);
    }

    /// <summary>The parameters have theta_<paramref name="step"/>.</summary>
    /// <param name="step">Inner steps that have been made.</param>
    /// <param name="forTheWayBack">Whether it is kept even if it is not one of every so many.</param>
    public void Pass(int step, bool forTheWayBack = false)
    {
        if (step % keepEvery == 0 || forTheWayBack)
        {
            Keep(step);
        }
    }

    /// <summary>Gives the parameters theta_<paramref name="step"/>, or the latest before it that is kept.</summary>
    /// <returns>Which one.</returns>
    public int Rewind(int step)
    {
        var latest = step;
        while (!_kept.ContainsKey(latest))
        {
            latest--;
        }

        Restore(latest);
        if (latest == step && step > 0)
        {
            Release(step);
        }

        return latest;
    }

    /// <summary>Gives the parameters theta_0, and forgets the rest.</summary>
    public void End()
    {
        Restore(0);
        foreach (var step in _kept.Keys.ToList())
        {
            Release(step);
        }
    }

    public void Dispose()
    {
        foreach (var tensor in _kept.Values.Concat(_free).SelectMany(set => set))
        {
            tensor.Dispose();
        }

        _kept.Clear();
        _free.Clear();
    }

    private void Keep(int step)
    {
        if (_kept.ContainsKey(step))
        {
            return;
        }

        using var noGrad = no_grad();
        var set = _free.TryPop(out var free) ? free : NewSet();
        Copy(_parameters, set);
        _kept.Add(step, set);
    }

    private Tensor[] NewSet() =>
        [.. _parameters.Select(p => empty_like(p).DetachFromDisposeScope())];

    private void Restore(int step)
    {
        using var noGrad = no_grad();
        Copy(_kept[step], _parameters);
    }

    private void Release(int step)
    {
        _kept.Remove(step, out var set);
        _free.Push(set!);
    }

    private bool Fit(IReadOnlyList<Parameter> parameters) =>
        parameters.Count == _parameters.Count
        && parameters.Zip(_parameters).All(pair => TensorIdentity.Same(pair.First, pair.Second));

    private static void Copy(IEnumerable<Tensor> from, IEnumerable<Tensor> to)
    {
        foreach (var (source, target) in from.Zip(to))
        {
            target.copy_(source);
        }
    }
}
