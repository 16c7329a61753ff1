using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Zapping.Training.Telemetry;
using static TorchSharp.torch;

namespace Zapping.Training.Native;

/// <summary>
/// Makes sure that libtorch computes convolutions rightly on this machine, before anything is learned from them.
/// <para>
/// On virtual machines whose processor reports no cache sizes (AMD under Firecracker, for instance), oneDNN 3.7 inside libtorch takes
/// the first-level cache for one byte large and drops data where a number of channels is no multiple of its vector block (16 with AVX-512,
/// 8 with AVX2): outputs and gradients of conv1d, conv2d and conv3d are garbage or NaN, and so is what an LSTM infers. The first trainer, transfer, probe
/// or <see cref="ZapScheduler"/> of a process compares a few small convolutions with float64, which takes about a tenth of a second. Where they are right,
/// which is nearly everywhere, nothing else happens. Where they are wrong, each model is looked at: if all of its convolutions are layers of
/// TorchSharp in float32 whose channels are multiples of 16 (8 and fewer at the input), and each of these shapes proves right too, oneDNN
/// stays in use; else oneDNN is switched off for the process, once and for all, which makes training of convolutions take 1.2 to 2.2 times as long. A trainer's log has
/// a warning then, and <see cref="Status"/> tells.
/// </para>
/// <para>
/// On the same machines libtorch says "Could not initialize NNPACK" at each small convolution; NNPACK, which cannot run there, is
/// switched off too.
/// </para>
/// <para>
/// A loop of one's own that makes neither a trainer nor a scheduler says <see cref="Protect(nn.Module?)"/> before its first forward pass. To turn the
/// guard off, set the environment variable <see cref="VariableName"/> to <c>off</c>, or the <see cref="AppContext"/> switch
/// <see cref="SwitchName"/> to false; to have oneDNN switched off without looking, to <c>force</c>, or to true. The variable takes precedence, and <c>auto</c> is the default.
/// </para>
/// </summary>
/// <threadsafety>May be called from any thread, any number of times.</threadsafety>
public static class ConvolutionGuard
{
    /// <summary>The AppContext switch: false for off, true for oneDNN off without looking; not set by default.</summary>
    public const string SwitchName = "Zapping.Training.ConvolutionGuard";

    /// <summary>The environment variable: <c>off</c>, <c>auto</c> or <c>force</c>.</summary>
    public const string VariableName = "ZAPPING_CONVOLUTION_GUARD";

    private static readonly ConditionalWeakTable<ILogger, ConvolutionGuardStatus> Told = [];

    private static readonly Lazy<ConvolutionGuardian> Guardian = new(() =>
        new ConvolutionGuardian(
            Mode(Environment.GetEnvironmentVariable(VariableName), AppContext.TryGetSwitch(SwitchName, out var isForced) ? isForced : null),
            LibTorchContext.Find(),
            new ConvolutionProbe()));

    /// <summary>What has been found and done so far.</summary>
    public static ConvolutionGuardStatus Status => Guardian.Value.Status;

    /// <summary>
    /// Makes sure of the convolutions of a model. Trainers, transfers, probes and schedulers have done so. The first call of a process takes about
    /// a tenth of a second; on an affected machine, so does each new shape of convolution.
    /// </summary>
    /// <param name="model">
    /// The model, as it is computed with: on its device, in its type. Null, the default, for convolutions that no model tells of, which on an
    /// affected machine switches oneDNN off.
    /// </param>
    /// <returns>What has been found and done.</returns>
    /// <exception cref="InvalidOperationException">The environment variable has none of its values.</exception>
    public static ConvolutionGuardStatus Protect(nn.Module? model = null) => Guardian.Value.Protect(model);

    /// <summary>Warns a log, once, if oneDNN is off or convolutions are wrong.</summary>
    internal static void Tell(ILogger log)
    {
        if (Status is { State: ConvolutionGuardState.OneDnnOff or ConvolutionGuardState.Wrong } status && Told.TryAdd(log, status))
        {
            TrainingLog.Convolutions(log, status.Message);
        }
    }

    /// <summary>What the environment variable and the AppContext switch ask for; null where one is not set.</summary>
    internal static ConvolutionGuardMode Mode(string? variable, bool? isForced) => variable switch
    {
        null or "" => isForced switch
        {
            null => ConvolutionGuardMode.Auto,
            true => ConvolutionGuardMode.Force,
            false => ConvolutionGuardMode.Off,
        },
        "off" => ConvolutionGuardMode.Off,
        "auto" => ConvolutionGuardMode.Auto,
        "force" => ConvolutionGuardMode.Force,
        _ => throw new InvalidOperationException($"The environment variable {VariableName} is '{variable}'; it must be off, auto or force."),
    };
}
