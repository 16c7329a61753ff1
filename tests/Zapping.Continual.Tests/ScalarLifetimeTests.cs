using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using FluentAssertions;
using Xunit;
using Zapping.Training.Tests.Shared;

namespace Zapping.Continual.Tests;

/// <summary>
/// TorchSharp turns a number that an operation gets into an object, which the collector may take before native code has read it:
/// one call in hundreds of thousands fails while another thread collects. So the library keeps each such object in a variable that it
/// disposes of, which shows in its code as a conversion whose result is stored.
/// </summary>
public sealed class ScalarLifetimeTests
{
    private const byte Call = 0x28;

    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    [Fact]
    public void No_number_is_handed_to_native_code_by_an_object_that_nobody_keeps()
    {
        using var library = new PEReader(File.OpenRead(typeof(Zapping.Continual.Tasks.TaskSplit).Assembly.Location));
        var metadata = library.GetMetadataReader();
        var conversions = metadata.MemberReferences.Where(reference => IsConversion(metadata, metadata.GetMemberReference(reference)))
            .Select(reference => MetadataTokens.GetToken(reference)).ToHashSet();
        conversions.Should().NotBeEmpty("the library converts numbers somewhere");

        var careless = metadata.MethodDefinitions.Select(metadata.GetMethodDefinition)
            .Where(method => method.RelativeVirtualAddress != 0)
            .Where(method => HandsOver(library.GetMethodBody(method.RelativeVirtualAddress).GetILBytes()!, conversions))
            .Select(method => $"{metadata.GetString(metadata.GetTypeDefinition(method.GetDeclaringType()).Name)}.{metadata.GetString(method.Name)}");

        careless.Should().BeEmpty();
    }

    // TorchSharp itself does so in some of its functions, such as square(), which is pow(2).
    [Fact]
    public void No_function_of_TorchSharp_is_called_that_does_so()
    {
        var all = Methods(typeof(TorchSharp.Scalar).Assembly).Where(method => method.DeclaringType != typeof(TorchSharp.Scalar)).ToList();
        var careless = all.Where(IsCareless).ToHashSet();
        var others = all.Where(method => !careless.Contains(method)).Select(method => (Method: method, Calls: Called(method).ToHashSet())).ToList();
        while (others.RemoveAll(other => other.Calls.Overlaps(careless) && careless.Add(other.Method)) > 0)
        {
        }

        careless.Should().Contain(typeof(TorchSharp.torch.Tensor).GetMethod(nameof(TorchSharp.torch.Tensor.square))!);

        var calls = Methods(typeof(Zapping.Continual.Tasks.TaskSplit).Assembly)
            .Where(method => method.DeclaringType!.Name != "AtenScript") // which turns numbers into objects itself, and keeps them
            .SelectMany(method => Called(method).Where(careless.Contains).Select(called => $"{method.DeclaringType!.Name}.{method.Name} calls {called}")).Distinct(StringComparer.Ordinal);
        string.Join(Environment.NewLine, calls).Should().BeEmpty();
    }

    private static IEnumerable<MethodBase> Methods(Assembly assembly) => assembly.GetTypes().SelectMany(type =>
        type.GetMethods(Declared).Cast<MethodBase>().Concat(type.GetConstructors(Declared)));

    private static IEnumerable<MethodBase> Called(MethodBase method) => method.GetMethodBody()?.GetILAsByteArray() is { } code
        ? IntermediateCode.MethodTokens(code).Select(token => method.Module.ResolveMethod(
            token, method.DeclaringType!.IsGenericType ? method.DeclaringType.GetGenericArguments() : null, method.IsGenericMethod ? method.GetGenericArguments() : null)!)
        : [];

    private static bool IsCareless(MethodBase method)
    {
        var conversions = Called(method).Where(called => called.Name is "ToScalar" or "op_Implicit" && (called as MethodInfo)?.ReturnType == typeof(TorchSharp.Scalar)).Select(called => called.MetadataToken).ToHashSet();
        return conversions.Count > 0 && HandsOver(method.GetMethodBody()!.GetILAsByteArray()!, conversions);
    }

    private static bool IsConversion(MetadataReader metadata, MemberReference member) =>
        metadata.StringComparer.Equals(member.Name, "op_Implicit")
        && member.Parent.Kind == HandleKind.TypeReference
        && metadata.StringComparer.Equals(metadata.GetTypeReference((TypeReferenceHandle)member.Parent).Name, nameof(TorchSharp.Scalar));

    // After the call and its token comes stloc, in one of its forms, or the object stays on the stack for whoever is called next.
    private static bool HandsOver(byte[] code, HashSet<int> conversions)
    {
        for (var at = 0; at + 5 < code.Length; at++)
        {
            if (code[at] == Call && conversions.Contains(BitConverter.ToInt32(code, at + 1)) && code[at + 5] is not ((>= 0x0A and <= 0x0D) or 0x13 or 0xFE))
            {
                return true;
            }
        }

        return false;
    }
}
