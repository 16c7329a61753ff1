namespace ClassIncremental;

/// <summary>How much there is to learn.</summary>
/// <param name="Filters">Filters of each of the network's three convolutions.</param>
/// <param name="FirstClasses">Classes that are learned together, before anything arrives.</param>
/// <param name="NewClasses">Classes that arrive one by one.</param>
/// <param name="Epochs">Passes over the first classes.</param>
internal sealed record Scale(int Filters, int FirstClasses, int NewClasses, int Epochs)
{
    /// <summary>Ten seconds of processor time.</summary>
    public static Scale Sample { get; } = new(Filters: 32, FirstClasses: 100, NewClasses: 50, Epochs: 8);

    /// <summary>A second or two.</summary>
    public static Scale Smoke { get; } = new(Filters: 4, FirstClasses: 6, NewClasses: 4, Epochs: 2);
}
