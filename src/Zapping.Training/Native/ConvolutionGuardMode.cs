namespace Zapping.Training.Native;

/// <summary>What the application asks of the guard of convolutions.</summary>
internal enum ConvolutionGuardMode
{
    /// <summary>Look, and switch oneDNN off if need be.</summary>
    Auto,

    /// <summary>Do nothing.</summary>
    Off,

    /// <summary>Switch oneDNN off, whatever the machine.</summary>
    Force,
}
