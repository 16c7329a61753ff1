using FluentAssertions;
using Xunit;
using Zapping.Training.Checkpoints;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Shared;

/// <summary>However a test class comes to such a call, it is found. None of what is here runs.</summary>
public sealed class ProcessWideCallsTests
{
    [Theory]
    [InlineData(typeof(Directly), "random.manual_seed in Directly.Test")]
    [InlineData(typeof(InALambda), "random.get_rng_state in <>c.")]
    [InlineData(typeof(AfterAwaiting), "AppContext.SetSwitch in ")]
    [InlineData(typeof(WhileIterating), "Environment.SetEnvironmentVariable in ")]
    [InlineData(typeof(ByAHelper), "Tensor.get_TotalCount in LiveTensors.BeforeTest")]
    [InlineData(typeof(ByAnObject), "Console.SetOut in Speaker.Dispose")]
    [InlineData(typeof(ByItsBase), "random.manual_seed in Directly.Test")]
    [InlineData(typeof(ByItsFixture), "torch.set_num_threads in Fixture..ctor")]
    [InlineData(typeof(InGenericCode), "Directory.SetCurrentDirectory in InGenericCode.Go")]
    public void It_is_found(Type testClass, string call) =>
        ProcessWideCalls.Of(testClass).Should().ContainSingle().Which.Should().Contain(call);

    [Fact]
    public void The_librarys_own_looks_are_no_tests() =>
        ProcessWideCalls.Of(typeof(ByTheLibrary)).Should().BeEmpty("a checkpoint has the global generator's state, which disturbs nobody");

    private class Directly
    {
        public static void Test() => random.manual_seed(1);
    }

    private sealed class InALambda
    {
        public static Func<byte[]> Test() => () => Nets.Bits(random.get_rng_state());
    }

    private sealed class AfterAwaiting
    {
        public static async Task Test()
        {
            await Task.Yield();
            AppContext.SetSwitch("some", true);
        }
    }

    private sealed class WhileIterating
    {
        public static IEnumerable<int> Test()
        {
            yield return 1;
            Environment.SetEnvironmentVariable("some", "value");
        }
    }

    private sealed class ByAHelper
    {
        public static long Test() => LiveTensors.BeforeTest();
    }

    private sealed class ByAnObject
    {
        public static void Test()
        {
            using IDisposable speaker = new Speaker();
        }
    }

    private sealed class ByItsBase : Directly;

    private sealed class ByItsFixture : IClassFixture<Fixture>;

    private sealed class Fixture
    {
        public Fixture() => set_num_threads(1);
    }

    private sealed class InGenericCode
    {
        public static void Test() => Go(new List<string>());

        private static void Go<T>(List<T> some) => Directory.SetCurrentDirectory($"{some}");
    }

    private sealed class ByTheLibrary
    {
        public static void Test(CheckpointStore store, Trainer trainer) => store.Save(trainer);
    }

    private sealed class Speaker : IDisposable
    {
        public void Dispose() => Console.SetOut(TextWriter.Null);
    }
}
