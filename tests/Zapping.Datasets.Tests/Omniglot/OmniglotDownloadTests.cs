using System.Net;
using System.Security.Cryptography;
using FluentAssertions;
using Xunit;

namespace Zapping.Datasets.Tests;

public sealed class OmniglotDownloadTests : IDisposable
{
    private static readonly byte[] s_content = [.. Enumerable.Range(0, 200_000).Select(value => (byte)(value * 7))];
    private static readonly PublishedFile[] s_files = [File("one.zip"), File("two.zip")];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_public_archives_are_known()
    {
        OmniglotDownload.Archives.Select(file => file.FileName)
            .Should().Equal("images_background.zip", "images_evaluation.zip");
        OmniglotDownload.Archives.Should().OnlyContain(file => file.Md5.Length == 32 && file.Address.Scheme == "https"
            && file.Address.AbsolutePath.EndsWith("/python/" + file.FileName, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Both_files_arrive()
    {
        var reports = new Reports();
        using var server = new Server(_ => new ByteArrayContent(s_content));

        await Fetch(server, _folder["new/folder"], reports);

        _folder.Files.Should().BeEquivalentTo("new/folder/one.zip", "new/folder/two.zip");
        System.IO.File.ReadAllBytes(_folder["new/folder/two.zip"]).Should().Equal(s_content);
        reports.Values.Should().BeInAscendingOrder().And.HaveCountGreaterThan(4);
        reports.Values[^1].Should().Be(1.0);
        server.Asked.Should().Equal(s_files.Select(file => file.Address));
    }

    [Fact]
    public async Task What_is_there_is_not_fetched_again()
    {
        System.IO.File.WriteAllBytes(_folder["one.zip"], s_content);
        System.IO.File.WriteAllBytes(_folder["two.zip"], [1, 2, 3]);
        using var server = new Server(_ => new ByteArrayContent(s_content));

        await Fetch(server, _folder.Path);

        server.Asked.Should().Equal(s_files[1].Address);
        System.IO.File.ReadAllBytes(_folder["two.zip"]).Should().Equal(s_content);
    }

    [Fact]
    public async Task A_wrong_sum_is_an_error_and_nothing_stays()
    {
        System.IO.File.WriteAllBytes(_folder["one.zip"], [1, 2, 3]);
        using var server = new Server(_ => new ByteArrayContent([4, 5, 6]));

        await Failing(server, "https://example.org/one.zip*MD5*expected*");

        _folder.Files.Should().Equal("one.zip");
        System.IO.File.ReadAllBytes(_folder["one.zip"]).Should().Equal(1, 2, 3);
    }

    [Fact]
    public async Task Not_found()
    {
        using var server = new Server(_ => null);
        await Failing(server, "https://example.org/one.zip*404*");
        _folder.Files.Should().BeEmpty();
    }

    [Fact]
    public async Task A_line_that_breaks()
    {
        using var server = new Server(address => Broken(new Dripping(breaks: true)));
        await Failing(server, "https://example.org/one.zip*failed*");
        _folder.Files.Should().BeEmpty();
    }

    [Fact]
    public async Task A_line_that_falls_silent()
    {
        using var server = new Server(_ => Broken(new Dripping(breaks: false)));
        await Failing(server, "https://example.org/one.zip: nothing arrived for*", TimeSpan.FromMilliseconds(200));
        _folder.Files.Should().BeEmpty();
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made()
    {
        System.IO.File.WriteAllText(_folder["file"], "not a folder");
        using var server = new Server(_ => new ByteArrayContent(s_content));
        await FluentActions.Awaiting(() => Fetch(server, _folder["file/below"])).Should().ThrowAsync<DataException>();
    }

    [Fact]
    public async Task Cancelling_keeps_what_is_complete_and_nothing_else()
    {
        using var cancellation = new CancellationTokenSource();
        using var server = new Server(address => address == s_files[0].Address
            ? new ByteArrayContent(s_content)
            : Broken(new Dripping(breaks: false)));
        var reports = new Reports(share =>
        {
            if (share > 0.5)
            {
                cancellation.Cancel();
            }
        });

        await FluentActions.Awaiting(() => Fetch(server, _folder.Path, reports, cancellation: cancellation.Token))
            .Should().ThrowAsync<OperationCanceledException>();

        _folder.Files.Should().Equal("one.zip");
    }

    private static PublishedFile File(string name) =>
        new(name, new Uri("https://example.org/" + name), Sum(s_content));

#pragma warning disable CA5351 // The sum that the publishers give.
    private static string Sum(byte[] content) => Convert.ToHexStringLower(MD5.HashData(content));
#pragma warning restore CA5351

    private static StreamContent Broken(Dripping stream)
    {
        var content = new StreamContent(stream);
        content.Headers.ContentLength = s_content.Length;
        return content;
    }

    private static Task Fetch(
        Server server, string folder, IProgress<double>? progress = null, TimeSpan? patience = null,
        CancellationToken? cancellation = null) =>
        new OmniglotDownload(server, patience ?? TimeSpan.FromSeconds(30))
            .FetchAsync(s_files, folder, progress, cancellation ?? TestContext.Current.CancellationToken);

    private async Task Failing(Server server, string message, TimeSpan? patience = null)
    {
        var error = await FluentActions.Awaiting(() => Fetch(server, _folder.Path, patience: patience))
            .Should().ThrowAsync<DataException>().ConfigureAwait(false);
        error.WithMessage(message).And.Message.Should().NotContain("\n");
    }

    /// <summary>Answers without a network; null means 404.</summary>
    private sealed class Server(Func<Uri, HttpContent?> answer) : HttpMessageHandler
    {
        public List<Uri> Asked { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked.Add(request.RequestUri!);
            var content = answer(request.RequestUri!);
            return Task.FromResult(content is null
                ? new HttpResponseMessage(HttpStatusCode.NotFound)
                : new HttpResponseMessage(HttpStatusCode.OK) { Content = content });
        }
    }

    /// <summary>Gives half of the content, then breaks off or stays silent until it is canceled.</summary>
    private sealed class Dripping(bool breaks) : MemoryStream(s_content, 0, s_content.Length / 2)
    {
        public override async ValueTask<int> ReadAsync(
            Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Position < Length)
            {
                return Read(buffer.Span);
            }

            if (!breaks)
            {
                await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(false);
            }

            throw new IOException("The line broke.");
        }
    }
}
