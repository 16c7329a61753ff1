namespace Zapping.Training.Tests.Shared;

internal static class Survey
{
    private static readonly Dictionary<string, int> Seen = new(StringComparer.Ordinal);

    public static void Run(string key, object what, Action act)
    {
        if (Environment.GetEnvironmentVariable("SURVEY") is not { } file)
        {
            act();
            return;
        }

        try
        {
            act();
        }
#pragma warning disable CA1031
        catch (Exception e)
        {
            lock (Seen)
            {
                var k = key + " | " + e.GetType().Name + " " + e.Message[..Math.Min(60, e.Message.Length)];
                Seen[k] = Seen.GetValueOrDefault(k) + 1;
                if (Seen[k] <= 1)
                {
                    File.AppendAllText(file, $"#### {k}\n{what}\n{e.Message[..Math.Min(900, e.Message.Length)]}\n{string.Join("\n", (e.StackTrace ?? "").Split('\n').Where(l => l.Contains("Zapping", StringComparison.Ordinal)).Take(4))}\n\n");
                }
            }
        }
    }
}
