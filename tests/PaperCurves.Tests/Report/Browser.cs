using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace PaperCurves.Tests.Report;

/// <summary>A Chromium without a window, spoken to by the DevTools protocol; it notes what a page logs and asks of the network.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private static readonly string[] Programs = ["chromium", "chromium-browser", "google-chrome"];

    private readonly DirectoryInfo _profile = Directory.CreateTempSubdirectory("papercurves-browser-");
    private readonly ClientWebSocket _socket = new();
    private readonly Process _process;
    private int _id;
    private string? _session;

    private Browser(string program) => _process = Process.Start(new ProcessStartInfo(
        program,
        ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--remote-debugging-port=0", $"--user-data-dir={_profile.FullName}", "about:blank"])
    {
        UseShellExecute = false,
        RedirectStandardError = true,
        RedirectStandardOutput = true,
    })!;

    /// <summary>Errors and warnings of the console, exceptions of scripts.</summary>
    public List<string> Complaints { get; } = [];

    /// <summary>Addresses that were asked for, pages themselves and data: excepted.</summary>
    public List<string> Requests { get; } = [];

    /// <summary>Skips the test where there is no such browser.</summary>
    public static async Task<Browser> StartAsync()
    {
        var program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .SelectMany(folder => Programs.Select(name => Path.Combine(folder, name)))
            .FirstOrDefault(File.Exists);
        Assert.SkipWhen(program is null, "no Chromium on PATH");
        var browser = new Browser(program!);
        await browser.ConnectAsync().ConfigureAwait(false);
        return browser;
    }

    /// <summary>Opens a page and waits until it is loaded.</summary>
    public async Task OpenAsync(string path, int width, string theme)
    {
        await SendAsync("Emulation.setDeviceMetricsOverride", new { width, height = 900, deviceScaleFactor = 1, mobile = width < 600 }).ConfigureAwait(false);
        await SendAsync("Emulation.setEmulatedMedia", new { features = new[] { new { name = "prefers-color-scheme", value = theme } } }).ConfigureAwait(false);
        await SendAsync("Page.navigate", new { url = new Uri(path).AbsoluteUri }).ConfigureAwait(false);
        await EvaluateAsync("new Promise(done => document.readyState === 'complete' ? done() : addEventListener('load', done))").ConfigureAwait(false);
    }

    /// <summary>The value of an expression in the page.</summary>
    public async Task<JsonNode?> EvaluateAsync(string expression)
    {
        var answer = await SendAsync("Runtime.evaluate", new { expression, awaitPromise = true, returnByValue = true }).ConfigureAwait(false);
        return answer["exceptionDetails"] is { } failure ? throw new InvalidOperationException(failure.ToJsonString()) : answer["result"]!["value"];
    }

    /// <summary>The whole page as PNG.</summary>
    public async Task<byte[]> PictureAsync() =>
        Convert.FromBase64String((await SendAsync("Page.captureScreenshot", new { captureBeyondViewport = true }).ConfigureAwait(false))["data"]!.GetValue<string>());

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync().ConfigureAwait(false);
        _process.Dispose();
        try
        {
            _profile.Delete(recursive: true);
        }
        catch (IOException)
        {
            // A process of the browser that is still ending writes there; the folder is a temporary one.
        }
    }

    private async Task ConnectAsync()
    {
        const string Announcement = "DevTools listening on ";
        var line = "";
        while (!line.StartsWith(Announcement, StringComparison.Ordinal))
        {
            line = await _process.StandardError.ReadLineAsync().ConfigureAwait(false) ?? throw new InvalidOperationException("The browser ended at once.");
        }

        // What it says later must be read, or it would wait for us to do so.
        _ = _process.StandardError.ReadToEndAsync();
        _ = _process.StandardOutput.ReadToEndAsync();
        await _socket.ConnectAsync(new Uri(line[Announcement.Length..]), CancellationToken.None).ConfigureAwait(false);
        var target = (await SendAsync("Target.createTarget", new { url = "about:blank" }).ConfigureAwait(false))["targetId"]!.GetValue<string>();
        _session = (await SendAsync("Target.attachToTarget", new { targetId = target, flatten = true }).ConfigureAwait(false))["sessionId"]!.GetValue<string>();
        foreach (var domain in new[] { "Page", "Runtime", "Log", "Network" })
        {
            await SendAsync($"{domain}.enable", new { }).ConfigureAwait(false);
        }
    }

    private async Task<JsonNode> SendAsync(string method, object parameters)
    {
        var id = ++_id;
        var message = JsonSerializer.SerializeToNode(new { id, method, @params = parameters })!.AsObject();
        if (_session is not null)
        {
            message["sessionId"] = _session;
        }

        await _socket.SendAsync(Encoding.UTF8.GetBytes(message.ToJsonString()), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None).ConfigureAwait(false);
        while (true)
        {
            var answer = await ReceiveAsync().ConfigureAwait(false);
            if (answer["id"]?.GetValue<int>() == id)
            {
                return answer["result"] ?? throw new InvalidOperationException($"{method}: {answer["error"]?.ToJsonString()}");
            }

            Note(answer);
        }
    }

    private async Task<JsonNode> ReceiveAsync()
    {
        using var text = new MemoryStream();
        var buffer = new byte[1 << 16];
        ValueWebSocketReceiveResult part;
        do
        {
            part = await _socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None).ConfigureAwait(false);
            text.Write(buffer, 0, part.Count);
        }
        while (!part.EndOfMessage);
        return JsonNode.Parse(text.ToArray())!;
    }

    private void Note(JsonNode happened)
    {
        var details = happened["params"];
        switch (happened["method"]?.GetValue<string>())
        {
            case "Network.requestWillBeSent" when details!["type"]?.GetValue<string>() != "Document":
                var url = details["request"]!["url"]!.GetValue<string>();
                if (!url.StartsWith("data:", StringComparison.Ordinal))
                {
                    Requests.Add(url);
                }

                break;
            case "Runtime.exceptionThrown":
            case "Log.entryAdded":
            case "Runtime.consoleAPICalled":
                Complaints.Add(details!.ToJsonString());
                break;
        }
    }
}
