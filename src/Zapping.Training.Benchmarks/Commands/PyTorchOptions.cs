using System.CommandLine;
using Zapping.CommandLine;

namespace Zapping.Training.Benchmarks;

/// <summary>The options that say against which PyTorch.</summary>
internal sealed class PyTorchOptions
{
    private readonly Option<string> _python = new Option<string>("--python")
    {
        Description = "A Python that has torch.",
        DefaultValueFactory = _ => OperatingSystem.IsWindows() ? "python" : "/usr/bin/python3",
    }.Filled();

    private readonly Option<string> _variant = WordOption.OneOf(
        "--variant", ["eager", "foreach", "fused"], "eager", "How PyTorch's optimizers work: eager, foreach or fused.");

    public PyTorchOptions(Command command)
    {
        command.Options.Add(_python);
        command.Options.Add(_variant);
    }

    public PyTorch PyTorch(ParseResult parse) => new(parse.GetValue(_python)!);

    /// <summary>The option that a script takes.</summary>
    public string[] ScriptArguments(ParseResult parse) => ["--variant", parse.GetValue(_variant)!];

    /// <summary>The same options for another process of ours.</summary>
    public string[] Arguments(ParseResult parse) => ["--python", parse.GetValue(_python)!, .. ScriptArguments(parse)];
}
