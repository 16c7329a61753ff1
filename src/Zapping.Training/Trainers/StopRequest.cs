namespace Zapping.Training;

/// <summary>What is to end before its time; a larger one ends the smaller ones.</summary>
internal enum StopRequest
{
    None,
    Experience,
    Fit,
}
