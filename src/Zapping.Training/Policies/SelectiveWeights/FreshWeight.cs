namespace Zapping.Training.Policies;

/// <summary>What takes the place of a weight that is reinitialized.</summary>
public enum FreshWeight
{
    /// <summary>A draw of what the layer draws when it is built.</summary>
    Redraw,

    /// <summary>The mean of that: 0, and 1 for the scale of a normalization. With <see cref="WeightUtility.Magnitude"/> it chooses the same weights again and again.</summary>
    Mean,
}
