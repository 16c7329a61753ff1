using System.CommandLine;

namespace Zapping.Training.Benchmarks;

/// <summary>The options that say how large a work is.</summary>
internal sealed class WorkOptions
{
    private readonly Option<int?> _steps = Count.Option("--steps", "How often a process does a work at least, after one to warm up; it gives the median. Default: the work's own.");
    private readonly Option<int> _width = Count.Option("--width", 256, "Filters per convolution.");
    private readonly Option<int> _classes = Count.Option("--classes", 100, "Classes of a transfer; 600 in the paper.");

    private readonly Option<int> _rates = Count.Option("--rates", 4, "Learning rates that a transfer tries, from the largest; 4 in the paper's protocol.");

    public WorkOptions(Command command)
    {
        foreach (var option in new Option[] { _steps, _width, _classes, _rates })
        {
            command.Options.Add(option);
        }
    }

    public int Steps(ParseResult parse, ComparedWork work) => parse.GetValue(_steps) ?? work.Steps;

    public WorkSettings Settings(ParseResult parse, int keepWeightsEvery) =>
        new(parse.GetValue(_width), parse.GetValue(_classes), parse.GetValue(_rates), keepWeightsEvery);

    /// <summary>The same options for a child process, ours or a script of PyTorch's.</summary>
    public string[] Arguments(ParseResult parse, ComparedWork work) =>
        ["--steps", $"{Steps(parse, work)}", "--width", $"{parse.GetValue(_width)}", "--classes", $"{parse.GetValue(_classes)}", "--rates", $"{parse.GetValue(_rates)}"];
}
