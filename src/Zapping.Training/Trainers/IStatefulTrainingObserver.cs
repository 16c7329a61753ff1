namespace Zapping.Training;

/// <summary>
/// An observer that sums up a run. Checkpoints hold what it has summed up so far, so that a resumed run goes on with it; an observer without this begins anew.
/// </summary>
public interface IStatefulTrainingObserver : ITrainingObserver
{
    /// <summary>What it has summed up, as text such as JSON.</summary>
    string SaveState();

    /// <summary>Goes on from what another one had summed up.</summary>
    /// <param name="state">What <see cref="SaveState"/> of an observer that was set up alike has returned.</param>
    /// <exception cref="InvalidDataException">It is not; then nothing has been changed.</exception>
    void RestoreState(string state);
}
