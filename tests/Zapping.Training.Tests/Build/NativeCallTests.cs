using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using FluentAssertions;
using Xunit;
using Zapping.Training.Tests.Shared;

namespace Zapping.Training.Tests.Build;

/// <summary>
/// Calls of TorchSharp whose native side catches no exception (docs/native-calls.md): what libtorch throws there ends the process. The library makes each in one
/// place, where it cannot fail.
/// </summary>
public sealed class NativeCallTests
{
    private static readonly Dictionary<string, string[]> Places = new(StringComparer.Ordinal)
    {
        ["autograd.grad"] = ["ConvolutionProbe"], // of functions that are known; models go through Gradients
        ["Module.GetName"] = ["ModuleName"], // not of TorchScript, whose objects are others
        ["Tensor.matmul"] = ["Interference", "UnitRecord"], // of shapes that were made right before
        ["random.set_rng_state"] = ["NoiseReplay", "RandomStateScope", "RunSnapshot"], // of states that libtorch has just given, and of one that GeneratorState has checked
        ["Generator.set_state"] = [],
        ["jit.compile"] = ["AtenScript"], // of texts of the library, all of which tests run
        ["Tensor.cummax"] = [],
        ["Tensor.cummin"] = [],
        ["Tensor.names"] = [],
        ["Module.zero_grad"] = [],
        ["Optimizer.zero_grad"] = [],
    };

    [Fact]
    public void Each_is_made_in_the_place_where_it_is_checked()
    {
        using var library = new PEReader(File.OpenRead(typeof(Trainer).Assembly.Location));
        var metadata = library.GetMetadataReader();
        var watched = metadata.MemberReferences.Select(handle => (Token: MetadataTokens.GetToken(handle), Name: NameOf(metadata, handle)))
            .Where(call => Places.ContainsKey(call.Name)).ToDictionary(call => call.Token, call => call.Name);
        watched.Values.Should().Contain(["autograd.grad", "Module.GetName", "jit.compile"], "otherwise nothing is found");

        var calls = metadata.MethodDefinitions.Select(metadata.GetMethodDefinition).Where(method => method.RelativeVirtualAddress != 0)
            .SelectMany(method => IntermediateCode.MethodTokens(library.GetMethodBody(method.RelativeVirtualAddress).GetILBytes()!)
                .Where(watched.ContainsKey).Select(token => (Call: watched[token], Type: OutermostOf(metadata, method.GetDeclaringType()))))
            .Distinct().ToList();

        calls.Where(call => !Places[call.Call].Contains(call.Type, StringComparer.Ordinal)).Should().BeEmpty();
    }

    private static string NameOf(MetadataReader metadata, MemberReferenceHandle handle)
    {
        var member = metadata.GetMemberReference(handle);
        return member.Parent.Kind == HandleKind.TypeReference
            ? $"{metadata.GetString(metadata.GetTypeReference((TypeReferenceHandle)member.Parent).Name)}.{metadata.GetString(member.Name)}"
            : "";
    }

    private static string OutermostOf(MetadataReader metadata, TypeDefinitionHandle handle)
    {
        var type = metadata.GetTypeDefinition(handle);
        return type.GetDeclaringType().IsNil ? metadata.GetString(type.Name) : OutermostOf(metadata, type.GetDeclaringType());
    }
}
