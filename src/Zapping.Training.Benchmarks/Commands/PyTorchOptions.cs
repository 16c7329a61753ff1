using System.CommandLine;

namespace Zapping.Training.Benchmarks;

/// <summary>The options that say against which PyTorch.</summary>
internal sealed class PyTorchOptions
{
    private readonly Option<string> _python = new("--python")
    {
        Description = "A Python that has torch.",
        DefaultValueFactory = _ => OperatingSystem.IsWindows() ? "python" : "/usr/bin/python3",
    };

    private readonly Option<string> _variant = new("--variant")
    {
        Description = "How PyTorch's optimizers work: eager, foreach or fused.",
        DefaultValueFactory = _ => "eager",
    };

    public PyTorchOptions(Command command)
    {
        _variant.AcceptOnlyFromAmong("eager", "foreach", "fused");
        command.Options.Add(_python);
        command.Options.Add(_variant);
    }

    public PyTorch PyTorch(ParseResult parse) => new(parse.GetValue(_python)!);

    /// <summary>The option that a script takes.</summary>
    public string[] ScriptArguments(ParseResult parse) => ["--variant", parse.GetValue(_variant)!];

    /// <summary>The same options for another process of ours.</summary>
    public string[] Arguments(ParseResult parse) => ["--python", parse.GetValue(_python)!, .. ScriptArguments(parse)];
}
