using FluentAssertions;
using PaperCurves.Report;
using Xunit;

namespace PaperCurves.Tests.Report;

public sealed class ReportInBrowserTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("papercurves-report-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_browser_shows_the_page_whole_without_complaint_or_network()
    {
        await using var browser = await Browser.StartAsync();
        var page = ReproductionReport.Write(MadeUpSweep.Input(), _folder.FullName);

        foreach (var width in new[] { 1280, 360 })
        {
            await browser.OpenAsync(page, width, theme: "light");

            (await Number("document.documentElement.scrollWidth")).Should().BeLessThanOrEqualTo(width, "the page itself never scrolls sideways");
            (await Number("document.querySelectorAll('h1').length")).Should().Be(1);
            (await Number("document.querySelectorAll('section > h2').length")).Should().Be(12);
            (await Number("document.querySelectorAll('figure svg[role=img][aria-label]').length")).Should().Be(28);
            (await Number("document.querySelectorAll('figure > details table').length")).Should().Be(28);
            (await Number("[...document.querySelectorAll('table')].filter(table => !table.caption || !table.querySelector('th[scope=col]') || !table.querySelector('th[scope=row]')).length")).Should().Be(0);
            (await Number("document.querySelectorAll('.scroll:not([tabindex=\"0\"][role=region][aria-label])').length")).Should().Be(0);
            (await Number("(ids => ids.length - new Set(ids).size)([...document.querySelectorAll('[id]')].map(element => element.id))")).Should().Be(0);
            (await Number("[...document.querySelectorAll('a[href^=\"#\"]')].filter(link => !document.querySelector(link.getAttribute('href'))).length")).Should().Be(0);
        }

        browser.Complaints.Should().BeEmpty();
        browser.Requests.Should().BeEmpty();

        async Task<int> Number(string expression) => (await browser.EvaluateAsync(expression).ConfigureAwait(false))!.GetValue<int>();
    }

    [Theory]
    [InlineData("light")]
    [InlineData("dark")]
    public async Task Colours_follow_the_system_and_the_button(string theme)
    {
        await using var browser = await Browser.StartAsync();
        await browser.OpenAsync(ReproductionReport.Write(MadeUpSweep.Input(), _folder.FullName), 1280, theme);
        var (before, after) = (await Ground(), await Ground("document.getElementById('theme').click()"));

        (before, after).Should().Be(theme == "dark" ? ("rgb(20, 23, 27)", "rgb(255, 255, 255)") : ("rgb(255, 255, 255)", "rgb(20, 23, 27)"));
        browser.Complaints.Should().BeEmpty();

        async Task<string> Ground(string first = "0") => (await browser.EvaluateAsync($"{first}, getComputedStyle(document.body).backgroundColor").ConfigureAwait(false))!.GetValue<string>();
    }
}
