using CsCheck;
using FluentAssertions;
using Xunit;
using Zapping.Training.Safetensors;
using Zapping.Training.Tests.Shared;

namespace Zapping.Training.Tests.Safetensors;

/// <summary>Any list of prefixes: what is saved is loaded, or nothing is written at all.</summary>
public sealed class StateDictNamesFuzzTests : IDisposable
{
    private static readonly Gen<string> Prefix = Odd.Of(
        "", ".", "a", "a.", "a..", "b", "a.b", ".a", "body", "body.", "head", "head.weight", "head.weight.", "weight", "bod", "body.weight.x", "__metadata__", "\ud800", "\0", "é");

    private static readonly Gen<(string InFile, string InModule)[]> Pairs = Gen.Select(Prefix, Prefix, (inFile, inModule) => (inFile, inModule)).Array[0, 4];

    private readonly string _folder = Directory.CreateTempSubdirectory("zapping-names-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Names_are_mapped_part_by_part() => Gen.Select(Pairs, Prefix, Prefix).Sample(
        (pairs, first, second) =>
        {
            var names = new StateDictKeyMap(pairs);
            foreach (var name in new[] { first, $"{first}.{second}", $"{first}{second}" })
            {
                names.ToModule(name).Should().Be(Mapped(name, pairs));
                names.ToFile(name).Should().Be(Mapped(name, pairs.Select(pair => (pair.InModule, pair.InFile))));
            }
        },
        iter: Fuzz.Iterations(5_000));

    [Fact]
    public void Saved_and_loaded_again_or_not_written_at_all() => Gen.Select(Pairs, Gen.Bool).Sample(
        (pairs, existed) =>
        {
            using var net = Nets.Small();
            using var other = Nets.Small(seed: 7);
            var path = Path.Combine(_folder, "net.safetensors");
            File.Delete(path);
            if (existed)
            {
                File.WriteAllText(path, "the file before");
            }

            var names = new StateDictKeyMap(pairs);
            var inFile = net.named_parameters().Select(p => (Module: p.name, File: Mapped(p.name, pairs.Select(pair => (pair.InModule, pair.InFile))))).ToList();
            var oneToOne = inFile.TrueForAll(name => Mapped(name.File, pairs) == name.Module) && inFile.Select(name => name.File).Distinct(StringComparer.Ordinal).Count() == inFile.Count;
            var nameable = inFile.TrueForAll(name => name.File != "__metadata__" && !name.File.Contains('\ud800', StringComparison.Ordinal));
            var refusal = Record.Exception(() => StateDict.Save(net, path, names));
            if (oneToOne && nameable)
            {
                refusal.Should().BeNull();
                var report = StateDict.Load(other, path, names);
                report.Loaded.Should().HaveCount(inFile.Count);
                Nets.Bits(other).Should().BeEquivalentTo(Nets.Bits(net), options => options.WithStrictOrdering());
                Directory.GetFiles(_folder).Should().Equal(path);
            }
            else
            {
                refusal.Should().BeAssignableTo<ArgumentException>();
                Directory.GetFiles(_folder).Should().Equal(existed ? [path] : []);
                (!existed || File.ReadAllText(path) == "the file before").Should().BeTrue();
            }
        },
        iter: Fuzz.Iterations(250),
        threads: 1);

    private static string Mapped(string name, IEnumerable<(string From, string To)> pairs)
    {
        var parts = Parts(name);
        foreach (var (from, to) in pairs)
        {
            var prefix = Parts(from.TrimEnd('.'));
            if (parts.Take(prefix.Length).SequenceEqual(prefix, StringComparer.Ordinal))
            {
                return string.Join('.', [.. Parts(to.TrimEnd('.')), .. parts[prefix.Length..]]);
            }
        }

        return name;
    }

    // The empty name has no parts; "." has two empty ones.
    private static string[] Parts(string name) => name.Length == 0 ? [] : name.Split('.');
}
