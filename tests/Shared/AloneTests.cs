using FluentAssertions;
using Xunit;

namespace Zapping.Training.Tests.Shared;

/// <summary>Every test project has this test, for its own classes.</summary>
public sealed class AloneTests
{
    [Fact]
    public void Tests_of_what_all_threads_share_run_alone()
    {
        var careless = typeof(AloneTests).Assembly.GetTypes()
            .Where(type => type is { IsClass: true, IsAbstract: false } && HasTests(type) && !RunsAlone(type))
            .SelectMany(type => ProcessWideCalls.Of(type).Select(call => $"{type.Name} calls {call}"));

        careless.Should().BeEmpty($"such a class needs [Collection({nameof(AloneCollection)}.{nameof(AloneCollection.Name)})]");
    }

    private static bool HasTests(Type type) => type.GetMethods().Any(method => method.IsDefined(typeof(FactAttribute), inherit: true));

    private static bool RunsAlone(Type type) => type.GetCustomAttributes(typeof(CollectionAttribute), inherit: true)
        .Any(attribute => ((CollectionAttribute)attribute).Name == AloneCollection.Name);
}
