namespace Zapping.Training;

/// <summary>Which rows of the classifier <see cref="ZappingSettings"/> has reset.</summary>
public enum ZappedRows
{
    /// <summary><see cref="UnitSelection.BoundaryClasses"/>.</summary>
    OfBoundary,

    /// <summary><see cref="UnitSelection.All"/>.</summary>
    All,

    /// <summary><see cref="UnitSelection.Random"/>.</summary>
    Random,
}
