using FluentAssertions;
using Xunit;
using Zapping.Training.Native;
using Zapping.Training.Tests.Shared;

namespace Zapping.Training.Tests.Native;

[Collection(AloneCollection.Name)] // a switch is changed
public sealed class NativeAllocatorTests
{
    [Theory]
    [InlineData(null, null, true)]
    [InlineData("ZAPPING_KEEP_LARGE_BLOCKS", "0", false)]
    [InlineData("ZAPPING_KEEP_LARGE_BLOCKS", "false", false)]
    [InlineData("ZAPPING_KEEP_LARGE_BLOCKS", "1", true)]
    [InlineData("MALLOC_TRIM_THRESHOLD_", "131072", false)]
    [InlineData("GLIBC_TUNABLES", "glibc.malloc.hugetlb=1", false)]
    [InlineData("GLIBC_TUNABLES", "glibc.rtld.optional_static_tls=512", true)]
    public void What_the_environment_says_counts(string? name, string? value, bool wanted) =>
        NativeAllocator.IsWanted(asked => asked == name ? value : null).Should().Be(wanted);

    [Fact]
    public void The_switch_counts_unless_the_environment_says_otherwise()
    {
        AppContext.SetSwitch(NativeAllocator.SwitchName, false);
        try
        {
            NativeAllocator.IsWanted(_ => null).Should().BeFalse();
            NativeAllocator.IsWanted(name => name == NativeAllocator.VariableName ? "1" : null).Should().BeTrue();
        }
        finally
        {
            AppContext.SetSwitch(NativeAllocator.SwitchName, true);
        }
    }

    [Fact]
    public void Glibc_accepts_the_settings()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && NativeAllocator.IsWanted(Environment.GetEnvironmentVariable), "no glibc, or the environment says otherwise");
        NativeAllocator.KeepLargeBlocks().Should().BeTrue();
        NativeAllocator.KeepLargeBlocks().Should().BeTrue("asking again changes nothing");
    }
}
