using System.Runtime.CompilerServices;
using TorchSharp;
using Zapping.Training.Heads;
using Zapping.Training.Native;
using Zapping.Training.Randomness;
using Zapping.Training.Safetensors;
using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training.Serving;

/// <summary>Makes copies of a model: a new one by the user's factory, and then the values.</summary>
/// <param name="make">The factory.</param>
/// <param name="options">Where, and whether the head grows.</param>
internal sealed class ModelCopies<TModel>(Func<TModel, TModel> make, ServedModelOptions options)
    where TModel : nn.Module
{
    private readonly ConditionalWeakTable<TModel, object> _made = [];

    /// <returns>In eval mode, without gradients, and out of all dispose scopes.</returns>
    /// <exception cref="InvalidOperationException">It does not fit; nothing is left of it.</exception>
    public TModel Make(TModel trained)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var source = Tensors(trained);
        var copy = New(trained, source.Values);
        try
        {
            if (options.Head is { } head && head.Find(trained).UnitCount is var units && units > head.Find(copy).UnitCount)
            {
                HeadGrowth.Grow(copy, head, units, []);
            }

            if ((options.Device ?? source.Values.FirstOrDefault()?.device) is { } device)
            {
                copy.to(device);
            }

            Fill(Tensors(copy), source);
            Detach(copy);
            copy.eval();
            ConvolutionGuard.Protect(copy);
            return copy;
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }

    private TModel New(TModel trained, IEnumerable<Tensor> source)
    {
        using var random = new RandomStateScope(); // or a model that is served would be trained otherwise than one that is not
        var copy = make(trained) ?? throw new InvalidOperationException($"The factory of a served {ModuleName.Of(trained)} returned null.");
        if (ReferenceEquals(copy, trained) || !_made.TryAdd(copy, _made))
        {
            throw new InvalidOperationException(
                $"The factory of a served {ModuleName.Of(trained)} returned {(ReferenceEquals(copy, trained) ? "the trained model itself" : "a model that it had made before")}. It must make a new one.");
        }

        var own = source.Where(tensor => tensor.numel() > 0).Select(TensorIdentity.Of).ToHashSet();
        return Tensors(copy).Where(tensor => own.Contains(TensorIdentity.Of(tensor.Value))).Select(tensor => tensor.Key).FirstOrDefault() is { } shared
            ? throw new InvalidOperationException(
                $"The factory of a served {ModuleName.Of(trained)} made a model whose '{shared}' is that of the trained model, and would change with it. It must make new layers.")
            : copy;
    }

    private static void Fill(Dictionary<string, Tensor> copy, Dictionary<string, Tensor> source)
    {
        List<string> misfits =
        [
            .. source.Keys.Except(copy.Keys, StringComparer.Ordinal).Select(name => $"'{name}' is missing in the copy"),
            .. copy.Keys.Except(source.Keys, StringComparer.Ordinal).Select(name => $"'{name}' is in the copy alone"),
        ];
        var pairs = source.Where(own => copy.ContainsKey(own.Key)).Select(own => (Name: own.Key, From: own.Value, To: copy[own.Key])).ToList();
        var different = pairs.FindAll(pair => pair.From.dtype != pair.To.dtype || !pair.From.shape.AsSpan().SequenceEqual(pair.To.shape));
        misfits.AddRange(different.Select(pair => $"'{pair.Name}' is {Text(pair.From)} in the trained model, and {Text(pair.To)} in the copy"));
        if (misfits.Count > 0)
        {
            var hint = different.Count == misfits.Count && different.TrueForAll(HasMoreRows)
                ? $"\nThe head has grown: have the factory make as many units as the trained model has, by new ServedModel<…>(trained => …), or set {nameof(ServedModelOptions)}."
                    + $"{nameof(ServedModelOptions.Head)}, and the copy's head grows too."
                : "";
            throw new InvalidOperationException($"The model that the factory made does not fit the trained one, and was not published:\n- {string.Join("\n- ", misfits)}{hint}");
        }

        pairs.ForEach(pair => pair.To.copy_(pair.From));
    }

    private static bool HasMoreRows((string Name, Tensor From, Tensor To) pair) =>
        pair.From.dtype == pair.To.dtype && pair.From.dim() == pair.To.dim() && pair.From.dim() > 0 && pair.From.size(0) > pair.To.size(0)
        && pair.From.shape.AsSpan(1).SequenceEqual(pair.To.shape.AsSpan(1));

    // The publisher's scopes, such as that of a step, must not end the copy.
    private static void Detach(TModel copy)
    {
        foreach (var (_, module) in ParameterCatalog.DistinctModules(copy))
        {
            foreach (var (_, parameter) in module.named_parameters(recurse: false))
            {
                parameter.requires_grad = false;
                parameter.DetachFromDisposeScope();
            }

            foreach (var (_, buffer) in module.named_buffers(recurse: false))
            {
                buffer.DetachFromDisposeScope();
            }
        }
    }

    private static Dictionary<string, Tensor> Tensors(nn.Module model)
    {
        var tensors = ModuleTensors.Of(model);
        foreach (var (name, buffer) in model.named_buffers())
        {
            tensors.TryAdd(name, buffer); // those too that are not saved
        }

        return tensors;
    }

    private static string Text(Tensor tensor) => $"{tensor.dtype} [{string.Join(", ", tensor.shape)}]";
}
