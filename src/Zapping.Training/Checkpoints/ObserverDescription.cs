namespace Zapping.Training.Internal;

/// <param name="Type">Class of the observer, and what it says of itself.</param>
/// <param name="State">What it has summed up, in its own words.</param>
internal sealed record ObserverDescription(string Type, string State);
