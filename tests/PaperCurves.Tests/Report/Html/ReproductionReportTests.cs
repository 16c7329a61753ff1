using FluentAssertions;
using PaperCurves.Report.Html;
using Xunit;

namespace PaperCurves.Tests.Report.Html;

public sealed class ReproductionReportTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("papercurves-report-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_browser_shows_the_page_without_complaint_or_network()
    {
        var page = ReproductionReport.Write(MadeUpSweep.Input(), _folder.FullName);
        await using var browser = await Browser.StartAsync();

        await browser.OpenAsync(page, width: 1280, theme: "light");
        browser.Complaints.Should().BeEmpty();
        browser.Requests.Should().BeEmpty();
    }
}
