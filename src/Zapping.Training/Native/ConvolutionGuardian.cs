using System.Diagnostics;
using System.Runtime.CompilerServices;
using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training.Native;

/// <summary>
/// The decisions of <see cref="ConvolutionGuard"/>. Once oneDNN is off it stays off: a model that was made right by it may still be in use.
/// </summary>
/// <param name="mode">What the application asks for.</param>
/// <param name="oneDnn">The switch; null where there is none.</param>
/// <param name="probe">What tells right from wrong.</param>
/// <threadsafety>May be used from any thread.</threadsafety>
internal sealed class ConvolutionGuardian(ConvolutionGuardMode mode, IOneDnnSwitch? oneDnn, ConvolutionProbe probe)
{
    private const string WayOut =
        "Networks whose convolutions have multiples of 16 channels (inputs may have up to 8) keep oneDNN; so does a machine that reports its caches";

    private readonly Lock _lock = new();
    private readonly ConditionalWeakTable<nn.Module, object> _seen = [];
    private readonly HashSet<ConvolutionShape> _right = [];

    /// <summary>What is known and done so far.</summary>
    public ConvolutionGuardStatus Status { get; private set; } =
        new(ConvolutionGuardState.NotChecked, null, "Convolutions have not been checked yet.", TimeSpan.Zero);

    /// <summary>Makes sure of the convolutions of a model, or of any.</summary>
    /// <param name="model">The model; null for convolutions that nobody can know beforehand.</param>
    public ConvolutionGuardStatus Protect(nn.Module? model)
    {
        lock (_lock)
        {
            if (Status is { State: ConvolutionGuardState.NotChecked, IsAffected: null })
            {
                Status = Begin();
            }

            var isDecided = Status.State is not ConvolutionGuardState.RightForModels and not ConvolutionGuardState.NotChecked;
            if (!isDecided && !(model is not null && _seen.TryGetValue(model, out _)))
            {
                Status = Decide(model);
            }

            return Status;
        }
    }

    // NotChecked still, if the machine is affected: then the model decides.
    private ConvolutionGuardStatus Begin()
    {
        if (mode == ConvolutionGuardMode.Off)
        {
            return new(ConvolutionGuardState.TurnedOff, null, "The guard of convolutions is turned off.", TimeSpan.Zero);
        }

        oneDnn?.QuietNnpack();
        if (mode == ConvolutionGuardMode.Force)
        {
            return oneDnn?.TryEnableOneDnn(false) == true
                ? new(ConvolutionGuardState.OneDnnOff, null, "oneDNN is switched off, as the application asks.", TimeSpan.Zero)
                : new(ConvolutionGuardState.Wrong, null, "oneDNN cannot be switched off in this libtorch, though the application asks for it.", TimeSpan.Zero);
        }

        var watch = Stopwatch.StartNew();
        return AreTailsRight()
            ? new(ConvolutionGuardState.Right, false, "Convolutions are right on this machine.", watch.Elapsed)
            : Status with { IsAffected = true, ProbeDuration = watch.Elapsed, Message = "libtorch computes some convolutions wrongly on this machine; no model on the CPU has been seen yet." };
    }

    private bool AreTailsRight() => probe.FirstWrong(ConvolutionProbe.Tails, secondOrder: false) is null;

    private ConvolutionGuardStatus Decide(nn.Module? model)
    {
        if (model is not null && ModelConvolutions.IsElsewhere(model))
        {
            return Status; // what a GPU computes has nothing to do with it
        }

        var doubt = model is null ? "the model is not known" : Doubt(model);
        if (doubt is null)
        {
            foreach (var (_, module) in ParameterCatalog.Modules(model!))
            {
                _seen.TryAdd(module, this);
            }

            return Status with
            {
                State = ConvolutionGuardState.RightForModels,
                Message = "libtorch computes some convolutions wrongly on this machine, whose processor does not report its caches to oneDNN. "
                    + $"Those of {model!.GetType().Name} have been compared with float64 and are right, so oneDNN stays in use.",
            };
        }

        if (oneDnn?.TryEnableOneDnn(false) == true && AreTailsRight())
        {
            return Status with
            {
                State = ConvolutionGuardState.OneDnnOff,
                Message = "libtorch computes some convolutions wrongly on this machine, whose processor does not report its caches to oneDNN. "
                    + $"oneDNN is switched off for this process ({doubt}), so convolutions are right, and training them takes 1.2 to 2.2 times as long. "
                    + $"{WayOut}. {ConvolutionGuard.VariableName}=off turns this guard off.",
            };
        }

        return Status with
        {
            State = ConvolutionGuardState.Wrong,
            Message = "libtorch computes convolutions wrongly on this machine, and oneDNN, which is to blame, cannot be switched off in this libtorch: "
                + $"outputs and gradients are garbage or NaN where a number of channels is no multiple of 16. {WayOut}.",
        };
    }

    // The shapes of each model are compared with float64 as they are, so that the rule of whole blocks is not taken on trust.
    private string? Doubt(nn.Module model)
    {
        if (!ModelConvolutions.TryGetShapes(model, out var shapes, out var doubt))
        {
            return doubt;
        }

        if (probe.FirstWrong(shapes.Except(_right), repetitions: 1) is { } shape)
        {
            return $"{model.GetType().Name}: {shape} is wrong";
        }

        _right.UnionWith(shapes);
        return null;
    }
}
