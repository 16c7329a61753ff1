using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Zapping.Training.Tests.Build;

/// <summary>A NuGet source on this machine with one package, which it may call vulnerable or deprecated.</summary>
internal sealed class FakeRegistry : IDisposable
{
    public const string Package = "Zapping.Fake";

    private readonly HttpListener _listener = new();
    private readonly Dictionary<string, byte[]> _files = new(StringComparer.Ordinal);
    private readonly string _root;

    public FakeRegistry(bool vulnerable, bool deprecated)
    {
        // NuGet caches answers by address, so each registry has one of its own.
        _root = $"http://127.0.0.1:{FreePort()}/{Guid.NewGuid():n}/";
        var id = Package.ToLowerInvariant();
        Add("index.json", $$"""
            {"version": "3.0.0", "resources": [
              {"@id": "{{_root}}flat/", "@type": "PackageBaseAddress/3.0.0"},
              {"@id": "{{_root}}registration/", "@type": "RegistrationsBaseUrl/3.6.0"},
              {"@id": "{{_root}}vulnerability.json", "@type": "VulnerabilityInfo/6.7.0"}]}
            """);
        Add("vulnerability.json", $$"""[{"@name": "base", "@id": "{{_root}}base.json", "@updated": "2026-01-01T00:00:00Z"}]""");
        Add("base.json", vulnerable ? $$"""{"{{id}}": [{"url": "https://example.org/advisory", "severity": 0, "versions": "[1.0.0, 1.0.0]"}]}""" : "{}");
        Add($"flat/{id}/index.json", """{"versions": ["1.0.0"]}""");
        _files.Add(new Uri($"{_root}flat/{id}/1.0.0/{id}.1.0.0.nupkg").AbsolutePath, EmptyPackage());
        var deprecation = deprecated ? """, "deprecation": {"reasons": ["Legacy"]}""" : string.Empty;
        Add($"registration/{id}/index.json", $$"""
            {"count": 1, "items": [{"@id": "{{_root}}page", "count": 1, "lower": "1.0.0", "upper": "1.0.0", "items": [{"@id": "{{_root}}leaf",
              "catalogEntry": {"@id": "{{_root}}leaf", "id": "{{Package}}", "version": "1.0.0", "listed": true{{deprecation}}},
              "packageContent": "{{_root}}flat/{{id}}/1.0.0/{{id}}.1.0.0.nupkg"}]}]}
            """);
        _listener.Prefixes.Add(_root);
        _listener.Start();
        _ = Serve();
    }

    /// <summary>Its address, for a nuget.config.</summary>
    public string Address => $"{_root}index.json";

    public void Dispose() => _listener.Close();

    private void Add(string path, string json) => _files.Add(new Uri(_root + path).AbsolutePath, Encoding.UTF8.GetBytes(json));

    private async Task Serve()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext request;
            try
            {
                request = await _listener.GetContextAsync().ConfigureAwait(false);
            }
            catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            using var response = request.Response;
            if (_files.TryGetValue(request.Request.Url!.AbsolutePath, out var file))
            {
                await response.OutputStream.WriteAsync(file).ConfigureAwait(false);
            }
            else
            {
                response.StatusCode = (int)HttpStatusCode.NotFound;
            }
        }
    }

    private static byte[] EmptyPackage()
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        using (var nuspec = new StreamWriter(zip.CreateEntry($"{Package}.nuspec").Open()))
        {
            nuspec.Write($"""
                <package><metadata>
                  <id>{Package}</id><version>1.0.0</version><authors>nobody</authors><description>For a test.</description>
                </metadata></package>
                """);
        }

        return bytes.ToArray();
    }

    private static int FreePort()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }
}
