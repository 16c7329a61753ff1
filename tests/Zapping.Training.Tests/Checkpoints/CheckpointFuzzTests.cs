using System.Text.Json.Nodes;
using CsCheck;
using FluentAssertions;
using Xunit;
using Zapping.Training.Checkpoints;
using Zapping.Training.Tests.Shared;

namespace Zapping.Training.Tests.Checkpoints;

/// <summary>Whatever is written into a checkpoint under right sums, it is resumed from or refused with not a bit changed.</summary>
[Collection(AloneCollection.Name)]
public sealed class CheckpointFuzzTests : IDisposable
{
    private static readonly string[] Values =
    [
        "null", "0", "-1", "1", "1e400", "9223372036854775807", "99999999999999999999", "0.5", "true", "\"\"", "\"NaN\"", "\"Infinity\"", "[]", "{}", "[null]",
        "{\"a\":null}", "[[[[[[[[1]]]]]]]]", "\"2024-13-45\"", "\"ClassBoundary\"", "1e99999999999", "{\"a\":{\"b\":[{\"c\":1}]}}",
    ];

    private readonly ForgedCheckpoint _forged = new();

    public void Dispose() => _forged.Dispose();

    [Fact]
    public void A_description_with_other_values_anywhere() => Gen.Select(Gen.Int[0, 200], Gen.Int[0, Values.Length], Gen.Int[0, 200], Gen.Int[0, Values.Length]).Sample(
        (first, value, second, other) =>
        {
            _forged.Describe(description =>
            {
                Change(description, first, value);
                Change(description, second, other);
            });
            ResumedOrRefused();
        },
        iter: Fuzz.Iterations(300),
        threads: 1);

    [Fact]
    public void A_file_with_other_bytes_under_right_sums() => Gen.Select(Gen.Int[0, 3], Gen.Int[0, 1 << 20], Gen.Byte).Sample(
        (file, at, value) =>
        {
            string[] files = ["checkpoint.json", "model.safetensors", "optimizer-0.safetensors", "random.safetensors"];
            _forged.Restore();
            _forged.Rewrite(files[file], bytes =>
            {
                var changed = (byte[])bytes.Clone();
                changed[at % Math.Min(bytes.Length, 2_000)] = value; // where the headers are
                return changed;
            });
            ResumedOrRefused();
        },
        iter: Fuzz.Iterations(300),
        threads: 1);

    private void ResumedOrRefused()
    {
        var before = _forged.Everything();
        try
        {
            _forged.Store.Resume(_forged.Trainer);
        }
        catch (CheckpointException)
        {
            _forged.Everything().Should().BeEquivalentTo(before, options => options.WithStrictOrdering());
        }
    }

    // Puts a value at one of the places of the tree, or takes the place away.
    private static void Change(JsonNode root, int place, int value)
    {
        List<(JsonObject Owner, string Key)> places = [];
        Collect(root);
        var (owner, key) = places[place % places.Count];
        if (value == Values.Length)
        {
            owner.Remove(key);
        }
        else
        {
            owner[key] = Values[value] == "1e400" ? JsonValue.Create("1e400") : JsonNode.Parse(Values[value]);
        }

        void Collect(JsonNode? node)
        {
            if (node is JsonObject own)
            {
                foreach (var (name, child) in own)
                {
                    places.Add((own, name));
                    Collect(child);
                }
            }
            else if (node is JsonArray list)
            {
                list.ToList().ForEach(Collect);
            }
        }
    }
}
