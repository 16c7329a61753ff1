using TorchSharp;
using TorchSharp.Modules;
using Zapping.Training.Parameters;
using Zapping.Training.Resets;
using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training.Heads;

/// <summary>
/// Plasticity injection: gives a head fresh parameters without changing a prediction, and without more of them to train, after Nikishin et al., "Deep Reinforcement Learning with Plasticity
/// Injection" (NeurIPS 2023, arXiv 2305.15555). With theta the head as it is, and a and b two equal copies of a fresh one, it computes <c>theta(x) + (a(x) - b(x))</c> from then on; theta and b are frozen, and a is trained.
/// <code>
/// var injection = PlasticityInjection.Inject(model, "head", [optimizer], () => new MlpHead());
/// </code>
/// If accuracy rises after it, and would not have without, the head had lost plasticity.
/// </summary>
/// <remarks>
/// <para>
/// a takes the place of the head: it is the same module with the same parameters, which are written in place, so that optimizers and trainers go on holding them, and what optimizers remember of them
/// begins anew. theta and b are buffers of a module <c>injected</c> in it (in the next module above, if the head is a <see cref="Sequential"/>): no optimizer ever sees them, and they get no gradient; the features
/// below get theirs through all three. What the head computes is completed by a hook, which <c>call</c> runs and <c>forward</c> alone does not.
/// </para>
/// <para>
/// State dictionaries and checkpoints hold theta and b, so inject before one of them is loaded; move the model before too. Trainers copy buffers at each step, these two among them. The published method injects once; a
/// second time is refused. A head with buffers of its own, such as running statistics, is refused; one with dropout keeps its predictions in eval mode only.
/// </para>
/// <para>
/// For a linear layer a learns what the layer itself would have learned with an optimizer that has forgotten it: the sum is one matrix (<see cref="Fold"/>), and only weight decay and penalties tell the two apart. The
/// paper's heads have hidden layers.
/// </para>
/// </remarks>
public sealed class PlasticityInjection
{
    private const string Child = "injected";

    private readonly nn.Module<Tensor, Tensor> _head;
    private readonly string _name;
    private readonly (nn.Module Module, string Child) _owner;
    private readonly nn.Module<Tensor, Tensor> _original;
    private readonly nn.Module<Tensor, Tensor> _initial;
    private readonly Action _unhook;

    private PlasticityInjection(
        nn.Module<Tensor, Tensor> head, string name, (nn.Module Module, string Child) owner, nn.Module<Tensor, Tensor> original, nn.Module<Tensor, Tensor> initial)
    {
        (_head, _name, _owner, _original, _initial) = (head, name, owner, original, initial);
        _owner.Module.register_module(_owner.Child, new Frozen(("original_", original), ("initial_", initial)));
        _unhook = head.register_forward_hook((_, inputs, outputs) => Complete(inputs, outputs)).remove;
    }

    /// <summary>Whether <see cref="Fold"/> has ended the injection.</summary>
    public bool IsFolded { get; private set; }

    /// <summary>Injects. Nothing is changed if it throws.</summary>
    /// <param name="model">The model; not between a forward pass and its backward pass.</param>
    /// <param name="head">The head's dotted name in it, as in <c>named_modules()</c>: a layer, or a module of several.</param>
    /// <param name="optimizers">All that hold parameters of the model; none if there is none yet.</param>
    /// <param name="make">
    /// Makes a fresh module like the head; called twice, and what it draws is a's and b's. Default, for a <see cref="Linear"/>: another one.
    /// </param>
    /// <returns>A handle, which is needed to fold only.</returns>
    /// <exception cref="ArgumentException">There is no such module, or what is made is not like it; the message says where.</exception>
    /// <exception cref="InvalidOperationException">The head has been injected into, or another layer uses one of its parameters, or no optimizer holds one.</exception>
    /// <exception cref="NotSupportedException">The head is not a module from a tensor to a tensor, has buffers or no parameters, or lies within nothing but <see cref="Sequential"/>s.</exception>
    public static PlasticityInjection Inject(nn.Module model, string head, IReadOnlyList<optim.Optimizer> optimizers, Func<nn.Module<Tensor, Tensor>>? make = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrWhiteSpace(head);
        ArgumentNullException.ThrowIfNull(optimizers);
        var found = Find(model, head);
        var owner = OwnerOf(model, head, found);
        make ??= DefaultOf(found, head);
        using var noGrad = no_grad();
        var (original, initial) = (Like(found, head, make), Like(found, head, make));
        foreach (var (before, kept) in found.named_parameters().Zip(original.named_parameters()))
        {
            kept.parameter.copy_(before.parameter);
        }

        Write(new ResetContext(new ParameterCatalog(model), new OptimizerStates([.. optimizers]), TrainingBoundary.Task(0), 0, 0), found, initial);
        return new PlasticityInjection(found, head, owner, original, initial);
    }

    /// <summary>
    /// Makes one layer of the three again, with weight <c>a + (theta - b)</c>, and a bias likewise: the same predictions up to rounding. The layer has all the names that it had, and what optimizers remember of a stays.
    /// </summary>
    /// <exception cref="NotSupportedException">The head is no <see cref="Linear"/>: such sums are no head of the same kind.</exception>
    /// <exception cref="InvalidOperationException">It is folded already.</exception>
    public void Fold()
    {
        if (_head is not Linear)
        {
            throw new NotSupportedException($"A {ModuleName.Of(_head)} cannot be folded: only the sum of linear layers is one of their kind. It works as it is.");
        }

        if (IsFolded)
        {
            throw new InvalidOperationException("The injection has been folded already.");
        }

        using (no_grad())
        {
            using var scope = NewDisposeScope();
            foreach (var (own, kept, fresh) in _head.parameters(recurse: false).Zip(_original.parameters(), _initial.parameters()))
            {
                own.copy_(own.detach().Plus(kept - fresh));
            }
        }

        _unhook();
        var frozen = _owner.Module.named_children().Single(child => child.name == _owner.Child).module;
        _owner.Module.register_module(_owner.Child, null!); // takes it away
        frozen.Dispose();
        _original.Dispose();
        _initial.Dispose();
        IsFolded = true;
    }

    private Tensor Complete(Tensor inputs, Tensor outputs)
    {
        var (own, kept) = (_head.parameters().First(), _original.parameters().First());
        return own.dtype == kept.dtype && TensorPlace.Same(own, kept)
            ? _original.call(inputs).Plus(outputs - _initial.call(inputs))
            : throw new InvalidOperationException($"The model was moved or converted after '{_name}' had been injected into, and the frozen copies were not. Do that first, and inject then.");
    }

    // All at once or not at all; optimizers forget what they knew of the head.
    private static void Write(ResetContext context, nn.Module head, nn.Module fresh)
    {
        foreach (var (own, its) in head.parameters().Zip(fresh.parameters()))
        {
            context.EnsureNotShared(own);
            context.Reset(own, ParameterSlice.All, Initializer.Values(its), OptimizerStateReset.Parameter);
        }

        context.Commit();
        context.Close();
    }

    private static nn.Module<Tensor, Tensor> Find(nn.Module model, string head)
    {
        var module = ParameterCatalog.Modules(model).FirstOrDefault(own => own.Name == head).Module
            ?? throw new ArgumentException($"The model {ModuleName.Of(model)} has no module '{head}'. There are: {string.Join(", ", ParameterCatalog.DistinctModules(model).Select(own => $"'{own.Name}'"))}.", nameof(head));
        if (module is not nn.Module<Tensor, Tensor> found)
        {
            throw new NotSupportedException($"'{head}' is a {ModuleName.Of(module)}, which is no module from a tensor to a tensor.");
        }

        if (found.named_children().Any(child => child.module is Frozen))
        {
            throw Again(head);
        }

        if (found.named_buffers().FirstOrDefault() is { name: { } buffer })
        {
            throw new NotSupportedException($"'{head}' has the buffer '{buffer}'; a head with running statistics cannot be frozen in part.");
        }

        return found.named_parameters().Any() ? found : throw new NotSupportedException($"'{head}' ({ModuleName.Of(found)}) has no parameters.");
    }

    // A Sequential has nothing besides the modules that it calls, so the next module above one has it.
    private static (nn.Module Module, string Child) OwnerOf(nn.Module model, string head, nn.Module found)
    {
        if (found is not Sequential)
        {
            return (found, Child);
        }

        for (var above = head; above.Length > 0;)
        {
            above = above.LastIndexOf('.') is var dot and >= 0 ? above[..dot] : "";
            if (ParameterCatalog.Modules(model).First(own => own.Name == above).Module is var module and not Sequential)
            {
                var child = $"{head[(above.Length == 0 ? 0 : above.Length + 1)..].Replace('.', '_')}_{Child}";
                return module.named_children().All(other => other.name != child) ? (module, child) : throw Again(head);
            }
        }

        throw new NotSupportedException($"The head '{head}' lies within nothing but Sequentials, which hold nothing besides the modules that they call. Make a class of the head or of the model.");
    }

    private static InvalidOperationException Again(string head) =>
        new($"The head '{head}' has been injected into already. Fold a linear one before; others can be injected into once.");

    private static Func<nn.Module<Tensor, Tensor>> DefaultOf(nn.Module<Tensor, Tensor> found, string head) => found is Linear linear
        ? () => nn.Linear(linear.in_features, linear.out_features, linear.bias is not null)
        : throw new ArgumentException($"'{head}' is a {ModuleName.Of(found)}: say how another one is made, with an argument make.");

    private static nn.Module<Tensor, Tensor> Like(nn.Module<Tensor, Tensor> found, string head, Func<nn.Module<Tensor, Tensor>> make)
    {
        var made = make() ?? throw new ArgumentException("What makes a fresh head has made nothing.", nameof(make));
        var (own, its) = (found.named_parameters().ToList(), made.named_parameters().ToList());
        if (ReferenceEquals(made, found) || !own.Select(Description).SequenceEqual(its.Select(Description), StringComparer.Ordinal))
        {
            throw new ArgumentException(
                $"What is made for '{head}' must be another module with the same parameters: it has {string.Join(", ", its.Select(Description))}, and the head {string.Join(", ", own.Select(Description))}.", nameof(make));
        }

        made.to(own[0].parameter.dtype);
        made.to(own[0].parameter.device);
        made.train(found.training);
        foreach (var parameter in made.parameters())
        {
            parameter.requires_grad = false;
        }

        return made;

        static string Description((string name, Parameter parameter) own) => $"{own.name} [{string.Join(", ", own.parameter.shape)}]";
    }

    /// <summary>Parameters as buffers, of the same memory, so that what loads them loads the modules.</summary>
    private sealed class Frozen : nn.Module
    {
        public Frozen(params IEnumerable<(string Kind, nn.Module Module)> modules)
            : base(nameof(Frozen))
        {
            foreach (var (kind, module) in modules)
            {
                foreach (var (name, parameter) in module.named_parameters())
                {
                    register_buffer(kind + name.Replace('.', '_'), parameter.detach().DetachFromDisposeScope());
                }
            }
        }
    }
}
