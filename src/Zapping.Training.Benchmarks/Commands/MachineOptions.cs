using System.CommandLine;
using Zapping.CommandLine;

namespace Zapping.Training.Benchmarks;

/// <summary>The options that every command has: on what it measures.</summary>
internal sealed class MachineOptions
{
    private readonly Option<int> _threads = NumberOption.Threads(otherwise: 2);
    private readonly Option<string> _device = WordOption.OneOf("--device", ["cpu", "cuda"], "cpu", "cpu or cuda.");

    public MachineOptions(Command command)
    {
        command.Options.Add(_threads);
        command.Options.Add(_device);
    }

    /// <summary>Sets this process up.</summary>
    public void SetUp(ParseResult parse, bool keepBlocks = true) =>
        Machine.SetUp(parse.GetValue(_threads), parse.GetValue(_device)!, keepBlocks);

    /// <summary>The same options for a child process, ours or a script of PyTorch's.</summary>
    public string[] Arguments(ParseResult parse) => ["--threads", $"{parse.GetValue(_threads)}", "--device", parse.GetValue(_device)!];
}
