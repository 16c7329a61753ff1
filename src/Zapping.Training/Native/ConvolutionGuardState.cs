namespace Zapping.Training.Native;

/// <summary>What <see cref="ConvolutionGuard"/> found and did.</summary>
public enum ConvolutionGuardState
{
    /// <summary>Nothing yet: no trainer, transfer, probe or scheduler has been made, and nobody has called it.</summary>
    NotChecked,

    /// <summary>It is turned off: nothing is checked, nothing is switched.</summary>
    TurnedOff,

    /// <summary>Convolutions are right on this machine; nothing was switched.</summary>
    Right,

    /// <summary>The machine is affected. All convolutions of all models so far are of shapes that are right on it, so oneDNN stays in use.</summary>
    RightForModels,

    /// <summary>oneDNN is not used by this process any more; convolutions are right.</summary>
    OneDnnOff,

    /// <summary>Convolutions are wrong on this machine, and nothing could be switched.</summary>
    Wrong,
}
