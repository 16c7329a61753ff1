using System.Globalization;
using FluentAssertions;
using Xunit;
using Zapping.Training.Data;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static Zapping.Training.BoundaryKind;

namespace Zapping.Training.Tests.Docs;

/// <summary>The first code that a newcomer meets: compiled, run, and held against the output that the documents show below it.</summary>
[Collection(AloneCollection.Name)] // draws from the global generator
public sealed class QuickstartSnippets
{
    private const string Block = "<!-- snippet: quickstart -->";
    private const string OutputBlock = "<!-- output: quickstart -->";

    // Processors round differently, and a thousand steps carry that on.
    private const double PercentBetweenMachines = 8;

    [Fact]
    public void It_prints_what_the_documents_show()
    {
        Console.Lines.Clear();
        Run();

        var documents = Document.Names.Select(Document.Open).Where(document => document.CodeIn("csharp").Any(block => block.Comment == Block)).ToList();
        documents.Should().HaveCountGreaterThan(1);
        foreach (var document in documents)
        {
            var shown = document.CodeIn("text").Should().ContainSingle(block => block.Comment == OutputBlock, document.Name).Which.Lines;
            shown.Select(Words).Should().Equal(Console.Lines.Select(Words), document.Name);
            foreach (var (there, here) in shown.Zip(Console.Lines))
            {
                Percent(here).Should().BeApproximately(Percent(there), PercentBetweenMachines, document.Name);
            }
        }

        Percent(Console.Lines[1]).Should().BeGreaterThan(Percent(Console.Lines[0]) + 30, "that is the point of it");
    }

    private static void Run()
    {
        // <quickstart>
        foreach (var zap in new[] { false, true })
        {
            using var scope = NewDisposeScope();
            random.manual_seed(1); // the same data, weights and labels for both
            var kinds = arange(1000).remainder(50);
            var inputs = randn(50, 64)[kinds] + (1.5 * randn(1000, 64)); // yours: here 50 kinds of inputs, 20 of each

            using var model = Sequential(("body", Linear(64, 100)), ("relu", ReLU()), ("head", Linear(100, 50)));
            using var optimizer = optim.Adam(model.parameters(), 1e-3);
            using var trainer = new ContinualTrainer(model, optimizer);
            if (zap)
            {
                trainer.UseZapping(every: new(TaskBoundary) { SkipFirst = true }, ZapOptions.Recommended with { Head = "head" });
            }

            var accuracy = 0f;
            for (var task = 0; task < 20; task++)
            {
                var labels = randperm(50)[kinds]; // every kind gets a new label, the inputs stay
                trainer.BeginTask();
                trainer.Fit(new ShuffledBatches(inputs, labels, batchSize: 16), epochs: 1);
                accuracy = model.call(inputs).argmax(1).eq(labels).to(float32).mean().item<float>();
            }

            Console.WriteLine($"{(zap ? "with" : "without")} zapping: {accuracy:p0} of the labels of task 20 are learned in one epoch");
        }

        // </quickstart>
    }

    private static string Words(string line) => string.Concat(line.Where(letter => !char.IsAsciiDigit(letter)));

    private static double Percent(string line) => double.Parse(line.Split(' ')[2].TrimEnd('%'), CultureInfo.InvariantCulture);

    // Collects the lines, as many tests share the real console.
    private static class Console
    {
        public static List<string> Lines { get; } = [];

        public static void WriteLine(FormattableString line) => Lines.Add(line.ToString(CultureInfo.InvariantCulture));
    }
}
