using Zapping.Training.Parameters;
using static TorchSharp.torch;

namespace Zapping.Training.Initializers;

/// <summary>What a <see cref="Initializer"/> is to fill, and what it may look at.</summary>
/// <param name="Values">
/// The scratch tensor to fill in place: the shape of the selected entries, on the parameter's device, in single
/// precision (double for a double parameter).
/// </param>
/// <param name="Name">The parameter's name in the model.</param>
/// <param name="Shape">The shape of the whole parameter.</param>
/// <param name="Slice">Which entries are rewritten.</param>
/// <param name="Noise">The only randomness a initializer may use.</param>
public sealed record InitializerContext(Tensor Values, string Name, IReadOnlyList<long> Shape, ParameterSlice Slice, ResetNoise Noise);
