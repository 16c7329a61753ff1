using System.Runtime.CompilerServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Zapping.Training.Serving;

/// <summary>
/// Serves copies of a model that is being trained.
/// <code>
/// using var served = new ServedModel&lt;Net&gt;(trained => new Net((int)trained.Head.out_features));
/// served.Publish(net);                                    // on the thread that trains, such as after each task
/// var label = served.Use(m => m.call(x).argmax(1).item&lt;long&gt;()); // on any thread, at any time
/// </code>
/// </summary>
/// <typeparam name="TModel">The model's class.</typeparam>
/// <remarks>
/// A copy has its own memory, so publishing costs a copy of the weights, and while old copies are in use there are several. What a model holds besides parameters and buffers is
/// up to the factory. The factory's random numbers do not count: the global generator of the CPU is given its state back.
/// </remarks>
/// <inheritdoc cref="IServedModel{TModel}" path="/threadsafety"/>
public sealed class ServedModel<TModel> : IServedModel<TModel>, IDisposable
    where TModel : nn.Module
{
    private readonly ModelCopies<TModel> _copies;
    private readonly Lock _publishing = new();
    private Copy? _current;
    private long _version;
    private bool _disposed;

    /// <summary>Serves copies that are made without knowing the trained model.</summary>
    /// <param name="make">Makes a model with parameters and buffers of the same names, shapes and types, but for a head that grows (<see cref="ServedModelOptions.Head"/>).</param>
    /// <param name="options">How copies are made; default: see there.</param>
    public ServedModel(Func<TModel> make, ServedModelOptions? options = null)
        : this(Ignoring(make), options)
    {
    }

    /// <summary>Serves copies that are made to the measure of the trained model.</summary>
    /// <param name="make">Is given the trained model, and makes a new one with parameters and buffers of the same names, shapes and types; their values do not count.</param>
    /// <param name="options">How copies are made; default: see there.</param>
    public ServedModel(Func<TModel, TModel> make, ServedModelOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(make);
        _copies = new ModelCopies<TModel>(make, options ?? new ServedModelOptions());
    }

    /// <inheritdoc/>
    public long Version => Volatile.Read(ref _current)?.Version ?? Interlocked.Read(ref _version);

    /// <inheritdoc/>
    public TResult Use<TResult>(Func<TModel, TResult> use)
    {
        ArgumentNullException.ThrowIfNull(use);
        return Use((model, _) => use(model));
    }

    /// <inheritdoc/>
    public TResult Use<TResult>(Func<TModel, long, TResult> use)
    {
        ArgumentNullException.ThrowIfNull(use);
        var copy = Enter();
        try
        {
            using var noGrad = no_grad();
            using var scope = NewDisposeScope();
            var result = use(copy.Model, copy.Version);
            HandOver(scope, result);
            return result;
        }
        finally
        {
            copy.Leave();
        }
    }

    /// <inheritdoc/>
    public long Publish(TModel trained)
    {
        ArgumentNullException.ThrowIfNull(trained);
        lock (_publishing)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var next = new Copy(_copies.Make(trained), _version + 1);
            _version = next.Version;
            Interlocked.Exchange(ref _current, next)?.Leave();
            return next.Version;
        }
    }

    /// <summary>Ends the service. The last copy is disposed of when nobody uses it any more.</summary>
    public void Dispose()
    {
        lock (_publishing)
        {
            _disposed = true;
            Interlocked.Exchange(ref _current, null)?.Leave();
        }
    }

    // A copy that cannot be entered any more has been replaced since it was read.
    private Copy Enter()
    {
        while (true)
        {
            var copy = Volatile.Read(ref _current);
            if (copy is null)
            {
                ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed), this);
                throw new InvalidOperationException(
                    $"No {typeof(TModel).Name} has been published yet, so there is nothing to predict with: call {nameof(Publish)} on the training thread first, and ask {nameof(Version)} "
                    + "whether it is above 0.");
            }

            if (copy.TryEnter())
            {
                return copy;
            }
        }
    }

    private static void HandOver(DisposeScope scope, object? result)
    {
        switch (result)
        {
            case Tensor tensor:
                if (scope.Contains(tensor))
                {
                    tensor.MoveToOuterDisposeScope();
                }

                break;
            case ITuple tuple:
                for (var i = 0; i < tuple.Length; i++)
                {
                    HandOver(scope, tuple[i]);
                }

                break;
            case IReadOnlyCollection<Tensor> several:
                foreach (var tensor in several)
                {
                    HandOver(scope, tensor);
                }

                break;
        }
    }

    private static Func<TModel, TModel> Ignoring(Func<TModel> make)
    {
        ArgumentNullException.ThrowIfNull(make);
        return _ => make();
    }

    /// <summary>A copy, and how many hold it: the service itself, until there is a newer one, and those who use it.</summary>
    private sealed class Copy(TModel model, long version)
    {
        private int _holders = 1;

        public TModel Model => model;

        public long Version => version;

        public bool TryEnter()
        {
            var holders = Volatile.Read(ref _holders);
            while (holders > 0)
            {
                var seen = Interlocked.CompareExchange(ref _holders, holders + 1, holders);
                if (seen == holders)
                {
                    return true;
                }

                holders = seen;
            }

            return false;
        }

        public void Leave()
        {
            if (Interlocked.Decrement(ref _holders) == 0)
            {
                model.Dispose();
            }
        }
    }
}
