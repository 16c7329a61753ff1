using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Zapping.Training;

/// <summary>How the library's observers write what they have summed up.</summary>
internal static class ObserverJson
{
    public static string Write<T>(T state, JsonTypeInfo<T> type) => JsonSerializer.Serialize(state, type);

    /// <exception cref="InvalidDataException">It is no such state.</exception>
    public static T Read<T>(string text, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(text, type) ?? throw new InvalidDataException($"its state of an observer is no {typeof(T).Name}.");
        }
        catch (JsonException failure)
        {
            throw new InvalidDataException($"its state of an observer is no {typeof(T).Name} ({failure.Message}).", failure);
        }
    }
}
