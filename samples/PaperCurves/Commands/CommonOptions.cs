using System.CommandLine;
using Zapping.CommandLine;
using static TorchSharp.torch;

namespace PaperCurves.Commands;

/// <summary>Options that every command with data and a device has.</summary>
internal sealed class CommonOptions
{
    private readonly Option<string?> _data = new Option<string?>("--data")
    {
        Description = "Folder of a data set: Omniglot (images_background and images_evaluation, as folders or zips), mini-ImageNet or OmnImage. "
            + "Without it, Omniglot is taken from where --download puts it; failing that, the app draws glyphs of its own.",
    }.Filled();

    private readonly Option<string?> _testClasses = new Option<string?>("--test-classes")
    {
        Description = "File with the names of OmnImage's 300 test classes, as published; without it they are drawn at random.",
    }.Filled();

    private readonly Option<bool> _download = new("--download") { Description = "Fetch the public Omniglot archives first (14 MB)." };
    private readonly Option<string> _device = DeviceOption.Create();
    private readonly Option<int> _threads = NumberOption.Threads(Environment.ProcessorCount);
    private readonly Option<string> _out;

    public CommonOptions(string defaultOutput, string outputs) =>
        _out = new Option<string>("--out") { Description = $"Folder for {outputs}.", DefaultValueFactory = _ => defaultOutput }.Filled();

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _data, _testClasses, _download, _device, _threads, _out })
        {
            command.Options.Add(option);
        }

        command.Validators.Add(result =>
        {
            if (result.GetValue(_download) && result.GetResult(_data) is not null)
            {
                result.AddError("--data and --download exclude each other.");
            }
        });
    }

    public string Device(ParseResult parse) => parse.GetValue(_device)!;

    public int Threads(ParseResult parse) => parse.GetValue(_threads);

    public string Output(ParseResult parse) => parse.GetValue(_out)!;

    /// <summary>Readies the machine and says where the data is. Nothing is read, fetched or written yet.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="outputs">What the command writes into its folder, as <see cref="OutputFolder.EnsureWritable"/> takes it; null if nothing.</param>
    /// <exception cref="CommandException">The device, a file or the folder cannot be used.</exception>
    public DataSource Prepare(ParseResult parse, IEnumerable<string>? outputs)
    {
        DeviceOption.EnsureThere(Device(parse));
        if (outputs is null)
        {
            OutputFolder.NearestOf(Output(parse));
        }
        else
        {
            OutputFolder.EnsureWritable(Output(parse), outputs);
        }

        var source = new DataSource(parse.GetValue(_data), parse.GetValue(_testClasses), parse.GetValue(_download));
        source.EnsureThere();
        set_num_threads(Threads(parse));
        return source;
    }
}
