using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Zapping.Training.Torch;

/// <summary>Backward passes that fail with an exception which says what libtorch found, and what helps.</summary>
internal static class BackwardPass
{
    private const string Cause = "RuntimeError: ";

    /// <summary>Adds the gradients of a scalar to those of the parameters.</summary>
    /// <exception cref="InvalidOperationException">libtorch cannot make the pass.</exception>
    public static void Of(Tensor scalar) => Make(() =>
    {
        scalar.backward();
        return true;
    });

    /// <summary>Makes a pass.</summary>
    /// <exception cref="InvalidOperationException">libtorch cannot make it.</exception>
    public static T Make<T>(Func<T> pass)
    {
        try
        {
            return pass();
        }
        catch (ExternalException failure)
        {
            throw Refused(CauseOf(failure.Message), failure);
        }
    }

    /// <summary>To be called where libtorch is not asked for a derivative that does not exist.</summary>
    /// <exception cref="InvalidOperationException">The scalar was computed from nothing that requires a gradient.</exception>
    public static void EnsureGraph(Tensor scalar)
    {
        if (!scalar.requires_grad)
        {
            throw Refused("the loss does not require grad.", null);
        }
    }

    private static InvalidOperationException Refused(string cause, Exception? failure) =>
        new($"The backward pass cannot be made, and nothing was updated: {cause} {AdviceOn(cause)}", failure);

    // What libtorch throws goes on with a trace of native calls; from TorchScript it comes at the end of one of scripts.
    private static string CauseOf(string message)
    {
        var start = message.LastIndexOf(Cause, StringComparison.Ordinal);
        var text = start < 0 ? message : message[(start + Cause.Length)..];
        var line = text.Split('\n')[0].Trim();
        return line.EndsWith('.') ? line : line + ".";
    }

    private static string AdviceOn(string cause) => cause switch
    {
        _ when cause.Contains("modified by an inplace operation", StringComparison.Ordinal) =>
            "The model changes in place a value that its derivative needs: use the form without the underscore there, such as mul for mul_.",
        _ when cause.Contains("derivative for", StringComparison.Ordinal) || cause.Contains("not differentiable", StringComparison.Ordinal) =>
            "The model uses an operation without a derivative of that order: write it in simpler ones, or, for MetaAsbTrainer, set MetaAsbOptions.FirstOrder.",
        _ when cause.Contains("does not require grad", StringComparison.Ordinal) =>
            "Nothing that the loss was computed from requires a gradient: the forward pass has cut the graph (detach, argmax, no_grad), or all parameters are frozen.",
        _ => "The cause lies in the model's forward pass or in the loss.",
    };
}
