using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using PaperCurves.Data;
using Zapping.Training;
using static TorchSharp.torch;

namespace PaperCurves.Commands;

/// <summary>Options that every command with data and a device has.</summary>
internal sealed class CommonOptions
{
    private readonly Option<string?> _data = new("--data")
    {
        Description = "Folder of a data set: Omniglot (images_background and images_evaluation, as folders or zips), mini-ImageNet or OmnImage. "
            + "Without it, Omniglot is taken from where --download puts it; failing that, the app draws glyphs of its own.",
    };

    private readonly Option<string?> _testClasses = new("--test-classes")
    {
        Description = "File with the names of OmnImage's 300 test classes, as published; without it they are drawn at random.",
    };

    private readonly Option<bool> _download = new("--download") { Description = "Fetch the public Omniglot archives first (14 MB)." };

    private readonly Option<string> _device = new("--device")
    {
        Description = "cpu, cuda or cuda:N.",
        DefaultValueFactory = _ => "cpu",
    };

    private readonly Option<int> _threads = new("--threads")
    {
        Description = "CPU threads.",
        DefaultValueFactory = _ => Environment.ProcessorCount,
    };

    private readonly Option<string> _out;

    public CommonOptions(string defaultOutput, string outputs)
    {
        _out = new("--out") { Description = $"Folder for {outputs}.", DefaultValueFactory = _ => defaultOutput };
        _threads.Validators.Add(AtLeastOne);
    }

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _data, _testClasses, _download, _device, _threads, _out })
        {
            command.Options.Add(option);
        }
    }

    public string Device(ParseResult parse) => parse.GetValue(_device)!;

    public int Threads(ParseResult parse) => parse.GetValue(_threads);

    public string Output(ParseResult parse) => parse.GetValue(_out)!;

    /// <summary>Readies the machine and says where the data is.</summary>
    public async Task<DataSource> PrepareAsync(ParseResult parse, CancellationToken cancellationToken)
    {
        NativeAllocator.KeepLargeBlocks();
        set_num_threads(Threads(parse));
        if (Device(parse).StartsWith("cuda", StringComparison.Ordinal) && !cuda.is_available())
        {
            throw new DataException(
                $"device {Device(parse)}: CUDA is not available. It needs an NVIDIA driver and a build with -p:TorchBackend=cuda-linux (or cuda-windows).");
        }

        var path = parse.GetValue(_download) ? await DataSource.DownloadAsync(cancellationToken).ConfigureAwait(false) : parse.GetValue(_data);
        return new DataSource(path, parse.GetValue(_testClasses));
    }

    public static void AtLeastOne(OptionResult result)
    {
        if (result.Tokens is [{ Value: var text }] && int.TryParse(text, CultureInfo.InvariantCulture, out var value) && value < 1)
        {
            result.AddError($"{result.Option.Name} must be at least 1.");
        }
    }
}
