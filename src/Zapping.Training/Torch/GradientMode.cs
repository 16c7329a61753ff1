using static TorchSharp.torch;

namespace Zapping.Training.Torch;

/// <summary>Whether gradients are recorded on this thread.</summary>
internal static class GradientMode
{
    /// <summary>To be called before anything is signaled, reset or written.</summary>
    /// <exception cref="InvalidOperationException">They are not.</exception>
    public static void EnsureOn()
    {
        if (is_inference_mode_enabled() || !is_grad_enabled())
        {
            throw new InvalidOperationException(
                $"Gradients are switched off around this call ({(is_inference_mode_enabled() ? "inference_mode" : "no_grad")}), so nothing can be trained; nothing was changed. "
                + "Call it outside of that scope.");
        }
    }
}
