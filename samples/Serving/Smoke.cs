using System.Globalization;

namespace Serving;

/// <summary>A client in the same process: it teaches ten classes while others ask, restarts the service, and counts.</summary>
internal static class Smoke
{
    private const int Classes = 10;
    private const int Old = 5;
    private const int Askers = 2;

    public static async Task<int> RunAsync(string[] args)
    {
        var folder = Directory.CreateTempSubdirectory("zapping-serving-");
        try
        {
            args = ["--urls", "http://127.0.0.1:0", "--Serving:Folder", folder.FullName, .. args];
            var (answered, failed) = (0L, 0L);
            await using (var app = Service.Build(args))
            {
                await app.StartAsync();
                using var http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
                using var stop = new CancellationTokenSource();
                await TeachAsync(http, 0);
                var askers = Enumerable.Range(0, Askers).Select(number => Task.Run(async () =>
                {
                    var random = new Random(number);
                    while (!stop.IsCancellationRequested)
                    {
                        using var answer = await http.PostAsJsonAsync("/predict", Example(random.Next(Classes), random));
                        Interlocked.Increment(ref answer.IsSuccessStatusCode ? ref answered : ref failed);
                        await Task.Delay(1); // leaves the processors to learning
                    }
                })).ToArray();
                for (var classId = 1; classId < Classes; classId++)
                {
                    await TeachAsync(http, classId);
                }

                await stop.CancelAsync();
                await Task.WhenAll(askers);
                Console.WriteLine($"after ten classes: {await ScoresAsync(http)}");
                var metrics = await http.GetStringAsync("/metrics");
                Console.Write(metrics);
                await app.StopAsync();
            }

            await using (var app = Service.Build(args))
            {
                await app.StartAsync();
                using var http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
                await KnownAsync(http, Classes);
                Console.WriteLine($"after a restart: {await ScoresAsync(http)}");
                await app.StopAsync();
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{answered} predictions were answered while ten classes were learned, {failed} failures"));
            return failed == 0 ? 0 : 1;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task TeachAsync(HttpClient http, int classId)
    {
        var random = new Random(100 + classId);
        using var answer = await http.PostAsJsonAsync("/learn", new Lesson($"class {classId}", [.. Enumerable.Range(0, 20).Select(_ => Example(classId, random))]));
        answer.EnsureSuccessStatusCode();
        await KnownAsync(http, classId + 1);
    }

    private static async Task KnownAsync(HttpClient http, int count)
    {
        while ((await http.GetFromJsonAsync<string[]>("/classes"))!.Length < count)
        {
            await Task.Delay(20);
        }
    }

    private static async Task<string> ScoresAsync(HttpClient http)
    {
        var random = new Random(99);
        var right = new int[Classes];
        foreach (var classId in Enumerable.Range(0, Classes).SelectMany(classId => Enumerable.Repeat(classId, 20)))
        {
            using var answer = await http.PostAsJsonAsync("/predict", Example(classId, random));
            right[classId] += await answer.Content.ReadFromJsonAsync<string>() == $"class {classId}" ? 1 : 0;
        }

        return string.Create(CultureInfo.InvariantCulture, $"old classes {right.Take(Old).Average() / 20:p0}, new classes {right.Skip(Old).Average() / 20:p0}");
    }

    // A class is a point, and its examples lie around it.
    private static float[] Example(int classId, Random random)
    {
        var point = new Random(1000 + classId);
        return [.. Enumerable.Range(0, Net.Inputs).Select(_ => (float)((2 * point.NextDouble()) - 1 + (2 * random.NextDouble()) - 1))];
    }
}
