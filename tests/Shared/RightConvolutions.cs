using Xunit;
using Zapping.Training.Native;
using Zapping.Training.Tests.Shared;

[assembly: AssemblyFixture(typeof(RightConvolutions))]

namespace Zapping.Training.Tests.Shared;

/// <summary>
/// Before the first test, as results differ with and without oneDNN: on machines whose convolutions are wrong the library's guard switches
/// it off, which would happen at another moment in each order of tests, and not at all for those that make no trainer.
/// </summary>
public sealed class RightConvolutions
{
    public RightConvolutions() => ConvolutionGuard.Protect();
}
