using TorchSharp.Modules;
using Zapping.Training.Optimizers;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Shared;

/// <summary>All optimizers whose state can be read, by name, with rates at which small networks learn.</summary>
internal static class ManagedOptimizers
{
    public static IReadOnlyDictionary<string, Func<IEnumerable<Parameter>, optim.Optimizer>> All { get; } =
        new Dictionary<string, Func<IEnumerable<Parameter>, optim.Optimizer>>(StringComparer.Ordinal)
        {
            ["SGD"] = p => optim.SGD(p, 0.05),
            ["SGD, momentum"] = p => optim.SGD(p, 0.05, momentum: 0.9),
            ["Adam"] = p => optim.Adam(p, 1e-2),
            ["Adam, amsgrad"] = p => optim.Adam(p, 1e-2, amsgrad: true),
            ["AdamW"] = p => optim.AdamW(p, 1e-2),
            ["fused SGD"] = p => new FusedSgd(p, 0.05),
            ["fused SGD, momentum"] = p => new FusedSgd(p, 0.05, momentum: 0.9),
            ["fused Adam, amsgrad"] = p => new FusedAdam(p, 1e-2, amsgrad: true),
            ["fused AdamW"] = p => new FusedAdamW(p, 1e-2),
            ["NAdam"] = p => optim.NAdam(p, 1e-2),
            ["RAdam"] = p => optim.RAdam(p, 1e-2),
            ["Adamax"] = p => optim.Adamax(p, 1e-2),
            ["RMSProp"] = p => optim.RMSProp(p, 1e-3, momentum: 0.5, centered: true),
            ["Adagrad"] = p => optim.Adagrad(p, 1e-2),
            ["Adadelta"] = p => optim.Adadelta(p),
            ["ASGD"] = p => optim.ASGD(p, 1e-2),
            ["Rprop"] = p => optim.Rprop(p, 1e-3),
        };

    /// <summary>What an optimizer remembers of each parameter, by "parameter.field".</summary>
    public static IEnumerable<KeyValuePair<string, byte[]>> State(optim.Optimizer optimizer) => ((OptimizerHelper)optimizer).state_dict().State
        .SelectMany((state, place) => state.GetType().GetFields().Select(field => KeyValuePair.Create($"{place}.{field.Name}", field.GetValue(state) switch
        {
            Tensor tensor => Nets.Bits(tensor),
            long number => BitConverter.GetBytes(number),
            double number => BitConverter.GetBytes(number),
            _ => [],
        })));
}
