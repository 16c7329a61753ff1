namespace Zapping.Training.Diagnostics;

/// <param name="Layer">Name of the layer that has or reads the units.</param>
/// <param name="Means">Mean absolute activation of each unit.</param>
/// <param name="Largest">Largest absolute activation of each unit.</param>
internal sealed record UnitMagnitudes(string Layer, IReadOnlyList<double> Means, IReadOnlyList<double> Largest)
{
    public LayerActivity Measure(double dormantThreshold)
    {
        var (units, mean) = (Means.Count, Means.Average());
        return double.IsFinite(mean)
            ? new LayerActivity(
                Layer,
                units,
                mean,
                // A product, so that a layer that is wholly silent is wholly dormant.
                Means.Count(magnitude => magnitude <= dormantThreshold * mean) / (double)units,
                Largest.Count(magnitude => magnitude == 0) / (double)units)
            : new LayerActivity(Layer, units, double.NaN, double.NaN, double.NaN);
    }
}
