using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Zapping.Training.Tests.Shared;

/// <summary>
/// TorchSharp turns a number that an operation gets into an object, which the collector may take before native code has read it:
/// one call in hundreds of thousands fails while another thread collects. So the libraries keep each such object in a variable that they
/// dispose of, which shows in their code as a conversion whose result is stored.
/// </summary>
internal static class UnkeptNumbers
{
    private const byte Call = 0x28;

    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private static readonly Lazy<HashSet<MethodBase>> CarelessOfTorchSharp = new(FindCareless);

    /// <summary>Functions of TorchSharp that hand over such an object themselves, or call one that does, such as square(), which is pow(2).</summary>
    public static IReadOnlySet<MethodBase> OfTorchSharp => CarelessOfTorchSharp.Value;

    /// <summary>How many of TorchSharp's conversions of numbers an assembly refers to, and which of its methods hand the result over without keeping it.</summary>
    public static (int Conversions, IReadOnlyList<string> Methods) HandedOverBy(Assembly assembly)
    {
        using var library = new PEReader(File.OpenRead(assembly.Location));
        var metadata = library.GetMetadataReader();
        var conversions = metadata.MemberReferences.Where(reference => IsConversion(metadata, metadata.GetMemberReference(reference)))
            .Select(reference => MetadataTokens.GetToken(reference)).ToHashSet();
        var careless = metadata.MethodDefinitions.Select(metadata.GetMethodDefinition)
            .Where(method => method.RelativeVirtualAddress != 0)
            .Where(method => HandsOver(library.GetMethodBody(method.RelativeVirtualAddress).GetILBytes()!, conversions))
            .Select(method => $"{metadata.GetString(metadata.GetTypeDefinition(method.GetDeclaringType()).Name)}.{metadata.GetString(method.Name)}");
        return (conversions.Count, [.. careless]);
    }

    /// <summary>Calls of an assembly's methods to <see cref="OfTorchSharp"/>.</summary>
    public static IReadOnlyList<string> CallsBy(Assembly assembly) =>
    [
        .. Methods(assembly)
            .Where(method => method.DeclaringType!.Name != "AtenScript") // which turns numbers into objects itself, and keeps them
            .SelectMany(method => Called(method).Where(OfTorchSharp.Contains).Select(called => $"{method.DeclaringType!.Name}.{method.Name} calls {called}")).Distinct(StringComparer.Ordinal),
    ];

    private static HashSet<MethodBase> FindCareless()
    {
        var all = Methods(typeof(TorchSharp.Scalar).Assembly).Where(method => method.DeclaringType != typeof(TorchSharp.Scalar)).ToList();
        var careless = all.Where(IsCareless).ToHashSet();
        var others = all.Where(method => !careless.Contains(method)).Select(method => (Method: method, Calls: Called(method).ToHashSet())).ToList();
        while (others.RemoveAll(other => other.Calls.Overlaps(careless) && careless.Add(other.Method)) > 0)
        {
        }

        return careless;
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
