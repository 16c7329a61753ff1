using TorchSharp.Modules;
using Zapping.Training.Initializers;
using Zapping.Training.Parameters;
using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training.Resets;

/// <summary>
/// What a policy sees, and the one way in which a parameter is ever written. Rewrites are checked and planned
/// when they are asked for, and carried out together when the policy has returned: either all of them happen or
/// none.
/// </summary>
public sealed class ResetContext
{
    private readonly ParameterCatalog _catalog;
    private readonly OptimizerStates _states;
    private readonly ulong _seed;
    private readonly List<PlannedReset> _plan = [];
    private readonly List<Action> _afterwards = [];
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private bool _closed;

    internal ResetContext(
        ParameterCatalog catalog, OptimizerStates states, TrainingBoundary boundary, long ordinal, ulong seed)
    {
        _catalog = catalog;
        _states = states;
        _seed = seed;
        Boundary = boundary;
        Ordinal = ordinal;
    }

    /// <summary>The model that is being trained.</summary>
    public nn.Module Model => _catalog.Model;

    /// <summary>The boundary at which the reset happens.</summary>
    public TrainingBoundary Boundary { get; }

    /// <summary>Which reset of its scheduler this is, counted from 0.</summary>
    public long Ordinal { get; }

    /// <summary>Randomness for choices of the policy's own, seeded by (seed, ordinal, purpose).</summary>
    /// <param name="purpose">Any name; different names give independent numbers.</param>
    public ResetNoise Noise(string purpose)
    {
        ArgumentNullException.ThrowIfNull(purpose);
        return new ResetNoise(_seed, Ordinal, "policy:" + purpose);
    }

    /// <summary>Randomness for choices that a policy makes alike at each reset, such as a mask: seeded by (seed, purpose).</summary>
    /// <param name="purpose">Any name; different names give independent numbers.</param>
    public ResetNoise LastingNoise(string purpose)
    {
        ArgumentNullException.ThrowIfNull(purpose);
        return new ResetNoise(_seed, -1, "policy:" + purpose);
    }

    /// <summary>Plans to rewrite a slice of a parameter of the model, in place.</summary>
    /// <param name="parameter">
    /// A parameter of <see cref="Model"/>, looked up now and not kept from before: <c>.to()</c> replaces parameters.
    /// </param>
    /// <param name="slice">Which entries.</param>
    /// <param name="initializer">To what.</param>
    /// <param name="optimizerState">What happens to the optimizers' memory of these entries; default: nothing.</param>
    /// <exception cref="ArgumentException">The parameter is not the model's, or the initializer cannot serve it.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The slice reaches beyond the parameter.</exception>
    /// <exception cref="ObjectDisposedException">The parameter has been disposed.</exception>
    /// <exception cref="InvalidOperationException">
    /// No optimizer holds the parameter, or the call came after the policy returned or from another thread.
    /// </exception>
    /// <exception cref="NotSupportedException">
    /// The optimizer's state cannot be reset as asked, or the parameter is not of a real floating-point type.
    /// </exception>
    public void Reset(
        Parameter parameter,
        ParameterSlice slice,
        Initializer initializer,
        OptimizerStateReset optimizerState = OptimizerStateReset.Keep)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        ArgumentNullException.ThrowIfNull(slice);
        ArgumentNullException.ThrowIfNull(initializer);
        EnsureOpen();

        var name = _catalog.NameOf(parameter);
        if (parameter.dtype is not (ScalarType.Float32 or ScalarType.Float64 or ScalarType.Float16 or ScalarType.BFloat16))
        {
            throw new NotSupportedException($"Parameter '{name}' is of type {parameter.dtype}; only real floating-point types can be reset.");
        }

        var shape = TensorShape.Of(parameter);
        slice.EnsureWithin(shape, name);
        initializer.EnsureApplicable(parameter, name);
        var states = _states.Of(parameter, name, optimizerState);
        _plan.Add(new PlannedReset(parameter, name, shape, slice, initializer, optimizerState, states));
    }

    /// <summary>Plans to set entries of a buffer, such as a running statistic, to one number, in place.</summary>
    /// <param name="module">The module of <see cref="Model"/> that has the buffer.</param>
    /// <param name="buffer">Its name in the module, for example <c>running_mean</c>.</param>
    /// <param name="slice">Which entries.</param>
    /// <param name="value">A finite number.</param>
    /// <exception cref="ArgumentException">The module is not the model's, or has no such buffer.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The slice reaches beyond the buffer, or the number is not finite.</exception>
    /// <exception cref="InvalidOperationException">The call came after the policy returned or from another thread.</exception>
    public void ResetBuffer(nn.Module module, string buffer, ParameterSlice slice, double value)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(buffer);
        ArgumentNullException.ThrowIfNull(slice);
        var initializer = Initializer.Constant(value);
        EnsureOpen();

        var (name, tensor) = _catalog.BufferOf(module, buffer);
        var shape = TensorShape.Of(tensor);
        slice.EnsureWithin(shape, name);
        _plan.Add(new PlannedReset(tensor, name, shape, slice, initializer, OptimizerStateReset.Keep, []));
    }

    /// <summary>Plans to give a buffer, such as a running statistic, other values, in place.</summary>
    /// <param name="module">The module of <see cref="Model"/> that has the buffer.</param>
    /// <param name="buffer">Its name in the module, for example <c>running_mean</c>.</param>
    /// <param name="values">Of the buffer's shape; read when the plan is carried out, and not changed.</param>
    /// <exception cref="ArgumentException">The module is not the model's, or has no such buffer, or the shapes differ.</exception>
    /// <exception cref="InvalidOperationException">The call came after the policy returned or from another thread.</exception>
    public void ResetBuffer(nn.Module module, string buffer, Tensor values)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(buffer);
        ArgumentNullException.ThrowIfNull(values);
        EnsureOpen();

        var (name, tensor) = _catalog.BufferOf(module, buffer);
        var shape = TensorShape.Of(tensor);
        if (!shape.AsSpan().SequenceEqual(TensorShape.Of(values)))
        {
            throw new ArgumentException($"Buffer '{name}' has shape [{string.Join(", ", shape)}], and the values have [{string.Join(", ", values.shape)}].", nameof(values));
        }

        _plan.Add(new PlannedReset(tensor, name, shape, ParameterSlice.All, new ValuesInitializer(values), OptimizerStateReset.Keep, []));
    }

    /// <summary>
    /// Plans to bring what a policy remembers up to date, once everything has been written. Nothing happens if the reset fails, so
    /// what a policy remembers and what the model is never part.
    /// </summary>
    /// <param name="update">Called on this thread, without gradients; it must not throw.</param>
    /// <exception cref="InvalidOperationException">The call came after the policy returned or from another thread.</exception>
    public void OnWritten(Action update)
    {
        ArgumentNullException.ThrowIfNull(update);
        EnsureOpen();
        _afterwards.Add(update);
    }

    /// <summary>A parameter of <see cref="Model"/> as it is now.</summary>
    /// <param name="name">As in <c>named_parameters()</c>, for example <c>head.weight</c>.</param>
    /// <exception cref="ArgumentException">There is none of that name; the message lists those that there are.</exception>
    public Parameter Parameter(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var named = Model.named_parameters().ToList();
        return named.Find(p => p.name == name).parameter
            ?? throw new ArgumentException($"The model {ModuleName.Of(Model)} has no parameter '{name}'. There are: {string.Join(", ", named.Select(p => p.name))}.", nameof(name));
    }

    /// <summary>The name of a parameter of <see cref="Model"/>; of several for one memory the first.</summary>
    /// <param name="parameter">The parameter.</param>
    /// <exception cref="ArgumentException">The parameter is not the model's.</exception>
    public string NameOf(Parameter parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        return _catalog.NameOf(parameter);
    }

    /// <summary>The model itself (named "") and every module in it, with dotted names. A module with two names comes twice.</summary>
    public IEnumerable<(string Name, nn.Module Module)> Modules() => ParameterCatalog.Modules(Model);

    /// <summary>Refuses a parameter that another layer uses too, which a reset would change silently.</summary>
    /// <param name="parameter">A parameter of <see cref="Model"/>.</param>
    /// <param name="remedy">Ends the message: what to do if that is meant.</param>
    /// <exception cref="ArgumentException">The parameter is not the model's.</exception>
    /// <exception cref="InvalidOperationException">Another layer uses the same memory.</exception>
    public void EnsureNotShared(Parameter parameter, string remedy = "")
    {
        ArgumentNullException.ThrowIfNull(parameter);
        var names = _catalog.NamesOf(parameter);
        if (names.Count > 1)
        {
            throw new InvalidOperationException(
                $"The weight '{names[0]}' is shared with {string.Join(", ", names.Skip(1).Select(n => $"'{n}'"))}: a reset "
                + $"would change that layer too.{remedy}");
        }
    }

    /// <summary>Carries out the plan. Everything that can fail happens before the first write.</summary>
    internal void Commit()
    {
        if (_plan.Count == 0 && _afterwards.Count == 0)
        {
            return;
        }

        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        foreach (var rewrite in _plan)
        {
            rewrite.Prepare(new ResetNoise(_seed, Ordinal, rewrite.Name));
        }

        foreach (var rewrite in _plan)
        {
            rewrite.Write();
        }

        _afterwards.ForEach(update => update());
    }

    /// <summary>How many rows the plan writes of parameters that have rows: a bias has none, and columns are none.</summary>
    internal long RowsOfWeights => _plan.Sum(rewrite => rewrite.RowsOfWeights);

    internal void Close() => _closed = true;

    /// <summary>Norms cost a pass over the data and wait for the device, so they are taken only for listeners.</summary>
    internal void MeasureBefore()
    {
        using var noGrad = no_grad();
        _plan.ForEach(rewrite => rewrite.MeasureBefore());
    }

    internal IReadOnlyList<ParameterResetReport> Reports()
    {
        using var noGrad = no_grad();
        return _plan.ConvertAll(rewrite => rewrite.Report());
    }

    private void EnsureOpen()
    {
        if (_closed)
        {
            throw new InvalidOperationException("A ResetContext is valid only while IResetPolicy.Apply runs; do not keep it.");
        }

        if (Environment.CurrentManagedThreadId != _thread)
        {
            throw new InvalidOperationException("A ResetContext belongs to the thread on which IResetPolicy.Apply was called.");
        }
    }
}
