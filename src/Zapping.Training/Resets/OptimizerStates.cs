using System.Runtime.CompilerServices;
using TorchSharp.Modules;
using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training.Resets;

/// <summary>Finds what the optimizers remember of a parameter.</summary>
internal sealed class OptimizerStates(IReadOnlyList<optim.Optimizer> optimizers)
{
    private readonly ConditionalWeakTable<Parameter, Known> _known = [];

    /// <summary>The state of one parameter in every optimizer that holds it.</summary>
    /// <exception cref="InvalidOperationException">There are optimizers, and none of them holds the parameter.</exception>
    /// <exception cref="NotSupportedException">The state cannot be reset as asked.</exception>
    public IReadOnlyList<OptimizerStateSlot> Of(Parameter parameter, string name, OptimizerStateReset reset)
    {
        if (optimizers.Count == 0)
        {
            return [];
        }

        // Optimizers neither drop parameters nor exchange state objects, so a hit stays true for this handle.
        if (!_known.TryGetValue(parameter, out var known) || known.Handle != parameter.Handle)
        {
            known = new Known(parameter.Handle, Find(parameter, name));
            _known.AddOrUpdate(parameter, known);
        }

        foreach (var slot in known.Slots)
        {
            slot.EnsureSupports(reset, name);
        }

        return known.Slots;
    }

    private List<OptimizerStateSlot> Find(Parameter parameter, string name)
    {
        var slots = new List<OptimizerStateSlot>();
        foreach (var optimizer in optimizers)
        {
            if (optimizer is OptimizerHelper managed)
            {
                FindManaged(managed, parameter, name, slots);
            }
            else if (optimizer.parameters().Any(candidate => TensorIdentity.Same(candidate, parameter)))
            {
                slots.Add(new OptimizerStateSlot(optimizer, null, null));
            }
        }

        return slots.Count > 0
            ? slots
            : throw new InvalidOperationException(
                $"No optimizer holds the parameter '{name}'. If it was replaced after the optimizer was made "
                + "(by .to(), by assigning a new layer or weight), or its layer was registered later, make the optimizer afterwards.");
    }

    private static void FindManaged(
        OptimizerHelper optimizer, Parameter parameter, string name, List<OptimizerStateSlot> slots)
    {
        foreach (var group in optimizer.ParamGroups.OfType<ParamGroup>())
        {
            // A group may hold a lazy sequence over the model: it then names a replaced parameter although the
            // optimizer has no state for it, which state_dict() betrays.
            if (!group.Parameters.Any(IsIt))
            {
                continue;
            }

            var states = StatesOf(optimizer, name);
            var index = optimizer.parameters().TakeWhile(p => !IsIt(p)).Count();
            slots.Add(new OptimizerStateSlot(optimizer, states[index], group.Options));
            return;
        }

        bool IsIt(Parameter candidate) => TensorIdentity.Same(candidate, parameter);
    }

    private static List<OptimizerState> StatesOf(OptimizerHelper optimizer, string name)
    {
        try
        {
            return optimizer.state_dict().State;
        }
        catch (Exception inner) when (inner is KeyNotFoundException or InvalidOperationException)
        {
            throw new InvalidOperationException(
                $"The optimizer {optimizer.GetType().Name} has no state for a parameter of its model. A parameter "
                + $"(perhaps '{name}') was replaced after the optimizer was made, by .to() or by assigning a new "
                + "layer or weight, or its layer was registered later: make the optimizer afterwards.",
                inner);
        }
    }

    private sealed record Known(IntPtr Handle, List<OptimizerStateSlot> Slots);
}
