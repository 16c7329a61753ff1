using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Zapping.Training.Conformance.Checks;

/// <summary>What is written, and how.</summary>
internal static class WriteChecks
{
    /// <summary>Chosen entries change, and all others stay bit-identical.</summary>
    public static void ChosenEntriesChange(Bench bench, ScalarType type)
    {
        var model = bench.Model(type);
        var unseen = Snapshot.OfParameters(model);
        var scheduler = bench.Scheduler(model, bench.Policy(model));
        bench.Prepare(model);
        bench.EnsureSame(unseen, Snapshot.OfParameters(model), "changed before the reset: neither a policy's constructor nor PrepareReset may write parameters");
        var before = Snapshot.OfModel(model);

        bench.Signal(scheduler);

        var written = 0;
        foreach (var (old, fresh) in before.Tensors.Zip(Snapshot.OfModel(model).Tensors))
        {
            for (var entry = 0; entry < old.Count; entry++)
            {
                var (place, changed) = (old.Place(entry), !old.Equals(entry, fresh));
                var chosen = bench.Writes(place);
                if (changed != chosen)
                {
                    throw bench.Failure(
                        chosen ? $"stayed {old.Text(entry)}, although Writes says that it is written." : $"changed from {old.Text(entry)} to {fresh.Text(entry)}, although Writes says that it is not written.",
                        place);
                }

                written += chosen ? 1 : 0;
            }
        }

        if (written == 0)
        {
            throw bench.Failure("Writes names no entry of the model, so nothing is checked: say which entries the policy writes.");
        }
    }

    /// <summary>Handle, type, device, layout and requires_grad stay, of frozen parameters too.</summary>
    public static void ParametersStayThemselves(Bench bench, ScalarType type)
    {
        foreach (var frozen in bench.WrittenParameters(bench.Model(type)).Prepend(null))
        {
            var model = bench.Model(type);
            if (frozen is not null)
            {
                model.get_parameter(frozen)!.requires_grad = false;
            }

            var before = model.named_parameters().Select(Identity).ToList();

            bench.Reset(model, bench.Scheduler(model, bench.Policy(model)));

            foreach (var (own, now) in before.Zip(model.named_parameters().Select(Identity)))
            {
                if (own != now)
                {
                    throw bench.Failure($"was {own} and is {now}: a reset writes parameters in place and changes nothing else of them.", new EntryPlace(own.Name));
                }
            }
        }
    }

    private static ParameterIdentity Identity((string Name, Parameter Parameter) named)
    {
        var parameter = named.Parameter;
        return new(
            named.Name, parameter.Handle, parameter.dtype, parameter.device.ToString(), parameter.requires_grad, parameter.is_leaf,
            string.Join(',', parameter.shape), string.Join(',', parameter.stride()));
    }

    private sealed record ParameterIdentity(string Name, nint Handle, ScalarType Type, string Device, bool RequiresGrad, bool IsLeaf, string Shape, string Strides);
}
