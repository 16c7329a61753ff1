using System.Text.Json;
using System.Text.Json.Nodes;
using PaperCurves.Files;

namespace PaperCurves.Sweeps;

/// <summary>In what two records of one kind differ, as their files would.</summary>
internal static class JsonDifference
{
    /// <summary>"settings.epochs is 5, not 6", with commas between; empty if they agree.</summary>
    /// <param name="found">What there is.</param>
    /// <param name="asked">What there should be.</param>
    public static string Between<T>(T found, T asked) => string.Join(", ", Between("", Node(found), Node(asked)));

    private static JsonNode? Node<T>(T value) => JsonSerializer.SerializeToNode(value, JsonDefaults.Options);

    private static IEnumerable<string> Between(string path, JsonNode? found, JsonNode? asked)
    {
        if (found is JsonObject foundMembers && asked is JsonObject askedMembers)
        {
            return foundMembers.SelectMany(member =>
                Between(path.Length == 0 ? member.Key : $"{path}.{member.Key}", member.Value, askedMembers[member.Key]));
        }

        return JsonNode.DeepEquals(found, asked) ? [] : [$"{path} is {Text(found)}, not {Text(asked)}"];
    }

    private static string Text(JsonNode? value) => value?.ToJsonString() ?? "none";
}
