namespace Zapping.Training.Initializers;

/// <summary>Which fan-in scales a Kaiming reset of k rows of a matrix with D columns.</summary>
public enum KaimingFan
{
    /// <summary>D, the inputs of one unit: std sqrt(2 / D), however many rows are reset.</summary>
    PerRow,

    /// <summary>
    /// k·D: std sqrt(2 / (k·D)). The published i.i.d. experiments of arXiv 2310.07996 have it by an accident of
    /// shape handling; a whole head of 1000 rows then restarts almost at zero.
    /// </summary>
    AsPublished,
}
