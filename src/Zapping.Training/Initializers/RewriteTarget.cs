using static TorchSharp.torch;

namespace Zapping.Training;

/// <summary>What a <see cref="Rewriter"/> is to fill, and what it may look at.</summary>
/// <param name="Values">
/// The scratch tensor to fill in place: the shape of the selected entries, on the parameter's device, in single
/// precision (double for a double parameter).
/// </param>
/// <param name="Name">The parameter's name in the model.</param>
/// <param name="Shape">The shape of the whole parameter.</param>
/// <param name="Slice">Which entries are rewritten.</param>
/// <param name="Noise">The only randomness a rewriter may use.</param>
public sealed record RewriteTarget(Tensor Values, string Name, IReadOnlyList<long> Shape, ParameterSlice Slice, ResetNoise Noise);
