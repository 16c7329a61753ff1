namespace PaperCurves.Progress;

/// <summary>Where long work tells how far it is. The console draws bars; tests give one that is silent.</summary>
public interface IProgressReporter
{
    /// <summary>Begins a line.</summary>
    /// <param name="title">What is being done.</param>
    /// <param name="total">How many units of work it has.</param>
    /// <param name="unit">Their name in the plural, for the rate.</param>
    /// <param name="done">What an earlier run has done of it, which does not count for the rate.</param>
    IProgressLine Begin(string title, double total, string unit, double done = 0);

    /// <summary>Tells of something worth knowing.</summary>
    void Say(string message);

    /// <summary>Tells of something that went wrong but does not end the work.</summary>
    void Warn(string message);
}

/// <summary>One piece of work; disposing ends it.</summary>
public interface IProgressLine : IDisposable
{
    /// <summary>Adds finished work.</summary>
    /// <param name="units">How many units.</param>
    /// <param name="note">A figure worth seeing, such as the loss.</param>
    void Advance(double units, string? note = null);
}
