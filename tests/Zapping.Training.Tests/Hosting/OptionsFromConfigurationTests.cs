using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using FluentAssertions;
using Microsoft.Extensions.Configuration;
using Xunit;
using Zapping.Training.Policies;
using Zapping.Training.UpdateRules;
using Zapping.Training.Validation;

namespace Zapping.Training.Tests.Hosting;

/// <summary>The options of each policy and rule come from a configuration: numbers, truth values and names of enums.</summary>
public sealed class OptionsFromConfigurationTests
{
    private static readonly MethodInfo Validate = typeof(OptionsValidator).GetMethod(nameof(OptionsValidator.Validate))!;

    private static readonly Dictionary<string, object> Silences = new(StringComparer.Ordinal)
    {
        [nameof(SelfNormalizedResetOptions.MinimumSilence)] = 2,
        [nameof(SelfNormalizedResetOptions.InitialSilence)] = 3,
        [nameof(SelfNormalizedResetOptions.MaximumSilence)] = 4,
    };

    public static TheoryData<Type> AllOptions =>
    [
        .. typeof(FireOptions).Assembly.GetExportedTypes().Where(type => type.Name.EndsWith("Options", StringComparison.Ordinal)
            && (type.Namespace == typeof(FireOptions).Namespace || type.Assembly.GetExportedTypes().Any(policy => policy.IsAssignableTo(typeof(IResetPolicy)) && policy.Name == type.Name[..^"Options".Length] + "Policy")
                || type == typeof(UpgdOptions))),
    ];

    [Fact]
    public void There_are_options_of_policies_and_rules() =>
        AllOptions.Select(row => row.Data).Should().Contain([typeof(ZapOptions), typeof(ReDoOptions), typeof(ContinualBackpropOptions), typeof(FireOptions), typeof(UpgdOptions), typeof(SelfNormalizedResetOptions)]);

    [Theory]
    [MemberData(nameof(AllOptions))]
    public void Each_simple_option_is_read_and_the_others_keep_their_defaults(Type type)
    {
        var simple = Simple(type).ToDictionary(property => property, Other);
        var options = Activator.CreateInstance(type)!;

        Section(simple.ToDictionary(own => own.Key.Name, own => Text(own.Value), StringComparer.Ordinal)).Bind(options, binder => binder.ErrorOnUnknownConfiguration = true);

        simple.Should().NotBeEmpty();
        simple.Should().AllSatisfy(own => own.Key.GetValue(options).Should().Be(own.Value, own.Key.Name));
        type.GetProperties().Where(property => property.CanWrite && !simple.ContainsKey(property) && property.GetCustomAttribute<RequiredAttribute>() is not null && property.GetValue(options) is null)
            .Should().BeEmpty();
    }

    [Theory]
    [MemberData(nameof(AllOptions))]
    public void A_name_that_there_is_not_is_refused(Type type) =>
        Bound(type, "Colour", "red").Should().Throw<InvalidOperationException>().Which.Message.Should().Contain("'Colour'").And.Contain(type.Name);

    [Theory]
    [MemberData(nameof(AllOptions))]
    public void A_value_that_is_none_is_refused_with_the_name_of_the_option(Type type) =>
        Simple(type).Should().AllSatisfy(property => Bound(type, property.Name, "nothing of the kind").Should().Throw<InvalidOperationException>()
            .Which.Message.Should().Contain("'nothing of the kind'").And.Contain($"'Policy:{property.Name}'"));

    [Theory]
    [MemberData(nameof(AllOptions))]
    public void All_that_is_out_of_range_is_refused_in_one_message(Type type)
    {
        var wrong = Simple(type).Where(property => property.GetCustomAttribute<RangeAttribute>() is not null || Plain(property).IsEnum).ToDictionary(property => property.Name, Wrong, StringComparer.Ordinal);
        var options = Activator.CreateInstance(type)!;
        Section(wrong).Bind(options);

        var failure = FluentActions.Invoking(() => Validate.MakeGenericMethod(type).Invoke(null, [options])).Should().Throw<TargetInvocationException>().WithInnerException<ArgumentException>().Which;

        failure.Message.Should().StartWith($"Invalid {type.Name}: ");
        wrong.Keys.Should().NotBeEmpty().And.AllSatisfy(name => failure.Message.Should().Contain(name));
    }

    private static Action Bound(Type type, string name, string value) => () =>
        Section(new Dictionary<string, string>(StringComparer.Ordinal) { [name] = value }).Bind(Activator.CreateInstance(type)!, binder => binder.ErrorOnUnknownConfiguration = true);

    private static IConfigurationSection Section(Dictionary<string, string> values) =>
        new ConfigurationBuilder().AddInMemoryCollection(values.Select(own => KeyValuePair.Create($"Policy:{own.Key}", (string?)own.Value))).Build().GetSection("Policy");

    private static IEnumerable<PropertyInfo> Simple(Type type) => type.GetProperties().Where(property => property.CanWrite && (Plain(property).IsPrimitive || Plain(property).IsEnum));

    private static Type Plain(PropertyInfo property) => Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;

    private static string Text(object value) => Convert.ToString(value, CultureInfo.InvariantCulture)!;

    // A value that is allowed, and is not the default.
    private static object Other(PropertyInfo property)
    {
        if (property.DeclaringType == typeof(SelfNormalizedResetOptions) && property.Name.EndsWith("Silence", StringComparison.Ordinal))
        {
            return Silences[property.Name]; // their order is checked too
        }

        var given = property.GetValue(Activator.CreateInstance(property.DeclaringType!));
        var range = property.GetCustomAttribute<RangeAttribute>();
        object[] candidates = Plain(property) switch
        {
            { IsEnum: true } kind => [.. Enum.GetValues(kind).Cast<object>()],
            { } kind when kind == typeof(bool) => [true, false],
            { } kind => [.. new[] { "0", "1", "2", "3", "0.25", "0.5", "12.5" }.Where(text => kind == typeof(double) || !text.Contains('.', StringComparison.Ordinal))
                .Select(text => Convert.ChangeType(text, kind, CultureInfo.InvariantCulture))],
        };
        return candidates.First(value => !value.Equals(given) && range?.IsValid(value) != false);
    }

    // Below any range that does not reach down to the smallest number, or above it.
    private static string Wrong(PropertyInfo property) => Plain(property).IsEnum ? "77" : new[] { "-7", "1E+300" }.First(text =>
        !property.GetCustomAttribute<RangeAttribute>()!.IsValid(Convert.ChangeType(text, Plain(property), CultureInfo.InvariantCulture)));
}
