namespace Zapping.Training.Diagnostics;

/// <summary>What a model made of a batch.</summary>
/// <param name="Layers">In the order in which the layers are called; those that were not called are not among them.</param>
/// <param name="Features">Of what reaches the classifier: a row for each example and, where it is called on several, position.</param>
public sealed record RepresentationRecord(IReadOnlyList<LayerActivity> Layers, FeatureStatistics Features);

/// <summary>
/// How active the units are that a layer reads: behind activation function, normalization and pooling of the layer before. A unit
/// is one input feature of a linear layer, also behind a flatten, or one input channel of a convolution; with
/// <see cref="RepresentationOptions.Units"/> it is one row of the layer before.
/// </summary>
/// <param name="Layer">Name of the layer that reads them; with <see cref="RepresentationOptions.Units"/>, of the layer that has them.</param>
/// <param name="Units">How many there are.</param>
/// <param name="MeanActivation">
/// Mean over units of E|h_i|, in units of the activation; the expectation is over examples and positions. NaN where an activation is
/// not finite, as are the fractions then.
/// </param>
/// <param name="DormantFraction">
/// From 0 to 1: units with E|h_i| &lt;= tau · 1/H · sum_k E|h_k|, the tau-dormant neurons of Sokar et al., "The Dormant Neuron
/// Phenomenon in Deep Reinforcement Learning" (ICML 2023). All units of a layer that is wholly silent.
/// </param>
/// <param name="DeadFraction">From 0 to 1: units that are exactly 0 for all examples and positions.</param>
public sealed record LayerActivity(string Layer, int Units, double MeanActivation, double DormantFraction, double DeadFraction);
