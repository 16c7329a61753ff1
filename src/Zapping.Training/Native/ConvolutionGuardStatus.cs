namespace Zapping.Training.Native;

/// <summary>What <see cref="ConvolutionGuard"/> found and did.</summary>
/// <param name="State">In one word.</param>
/// <param name="IsAffected">Whether libtorch's convolutions go wrong on this machine while it uses oneDNN; null where nobody has looked.</param>
/// <param name="Message">In a few sentences for people: what was found, what it costs, and the way out.</param>
/// <param name="ProbeDuration">How long it took to look at the machine; zero where nobody has.</param>
public sealed record ConvolutionGuardStatus(ConvolutionGuardState State, bool? IsAffected, string Message, TimeSpan ProbeDuration);
