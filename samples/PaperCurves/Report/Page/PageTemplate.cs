using HandlebarsDotNet;

namespace PaperCurves.Report.Page;

/// <summary>Fills the page's template; Handlebars encodes everything but what the template takes as it is.</summary>
internal static class PageTemplate
{
    private const string Folder = "report-page/";

    /// <summary>The whole page, which needs no other file.</summary>
    public static string Fill(PageModel model)
    {
        var handlebars = Handlebars.Create(new HandlebarsConfiguration { ThrowOnUnresolvedBindingExpression = true });
        foreach (var partial in new[] { "table", "figure" })
        {
            handlebars.RegisterTemplate(partial, Resource($"{partial}.hbs"));
        }

        return handlebars.Compile(Resource("page.hbs"))(new { Page = model, Style = Resource("page.css"), Script = Resource("page.js") });
    }

    private static string Resource(string name)
    {
        using var stream = typeof(PageTemplate).Assembly.GetManifestResourceStream(Folder + name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
