using System.CommandLine;
using FluentAssertions;
using PaperCurves.Commands;
using Xunit;
using Zapping.CommandLine;
using Zapping.Training.Tests.Shared;

namespace PaperCurves.Tests.CommandLine;

/// <summary>Command lines that cannot be carried out: one line on standard error, exit code 2, and nothing is read or written.</summary>
[Collection(AloneCollection.Name)] // commands set the number of threads
public sealed class WrongCommandLineTests : IDisposable
{
    private static readonly string[] NoNumbers = ["-1", "+1", "NaN", "Infinity", "0,001", "1,5", "1 000", "1e999", "1e-999", "1e300", "0x10", "١", "one", "", " ", "1,000", "1_000", " 5", "5 ", "∞", "-0", "００１", "007", "5\0", "1'000", "0,5"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("papercurves-wrong-");

    /// <summary>The least that each command needs to be understood.</summary>
    private static readonly Dictionary<string, string[]> Commands = new(StringComparer.Ordinal)
    {
        ["run"] = [],
        ["pretrain"] = [],
        ["transfer"] = ["--without", "nowhere", "--with", "nowhere"],
        ["sweep run"] = ["smoke"],
        ["sweep status"] = ["smoke"],
        ["sweep collect"] = ["smoke"],
        ["sweep pack"] = ["smoke", "--from", "nowhere"],
        ["report"] = ["smoke"],
    };

    public static TheoryData<string> Names => [.. Commands.Keys];

    private string Output => Path.Combine(_folder.FullName, "out");

    public void Dispose()
    {
        _folder.EnumerateFileSystemInfos().Where(entry => entry.Name == "out").Should().BeEmpty("what is refused leaves nothing behind");
        _folder.Delete(recursive: true);
    }

    [Fact]
    public void Every_command_of_the_app_is_tried_here() => Leaves(App.Create(), "").Should().BeEquivalentTo(Commands.Keys);

    [Theory]
    [MemberData(nameof(Names))]
    public async Task No_number_is_read_in_two_ways(string name)
    {
        var numbers = Find(name).Options.Where(option => Type.GetTypeCode(Nullable.GetUnderlyingType(option.ValueType) ?? option.ValueType) is TypeCode.Int32 or TypeCode.UInt64 or TypeCode.Double || option.ValueType == typeof(double[])).ToList();
        numbers.Should().NotBeEmpty();
        foreach (var option in numbers)
        {
            // A comma stands between learning rates where there may be several.
            foreach (var text in NoNumbers.Where(text => option.ValueType != typeof(double[]) || !(text is "1,5")))
            {
                await RefusedAsync(name, [option.Name, text], option.Name);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task No_option_takes_a_word_that_means_nothing(string name)
    {
        await RefusedAsync(name, ["--device", "gpu"], "--device is 'gpu'; it must be cpu, cuda or cuda:N");
        foreach (var device in new[] { "mps", "cuda:", "cuda:-1", "cuda:one", "CPU", "cpu:0", "" })
        {
            await RefusedAsync(name, ["--device", device], $"--device is '{device}'");
        }

        await RefusedAsync(name, ["--threads", "0"], "--threads is '0'; it must be a whole number from 1 to 1024.");
        await RefusedAsync(name, ["--threads", "2147483647"], "--threads");
        await RefusedAsync(name, ["--out", ""], "--out is empty");
        await RefusedAsync(name, ["--data", " "], "--data is empty");
        await RefusedAsync(name, ["--color", "red"], "--color");
        await RefusedAsync(name, ["--thread", "1"], "Did you mean '--threads'?");
        await RefusedAsync(name, ["--data", "x", "--download"], "--data and --download exclude each other");
        foreach (var option in Find(name).Options.Where(option => option.CompletionSources.Count > 0 && option.Name is "--preset" or "--method" or "--model"))
        {
            await RefusedAsync(name, [option.Name, "huge"], $"{option.Name} is 'huge'; it must be one of ");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task What_is_not_there_is_named_before_data_are_read(string name)
    {
        var file = Path.Combine(_folder.FullName, "a file");
        await File.WriteAllTextAsync(file, "text");
        await RefusedAsync(name, ["--data", Path.Combine(_folder.FullName, "nowhere")], "nowhere: there is no such folder.");
        await RefusedAsync(name, ["--data", file], "a file: this is a file; --data takes the folder of a data set.");
        await RefusedAsync(name, ["--test-classes", Path.Combine(_folder.FullName, "nowhere")], "there is no such file of test classes");
        await RefusedAsync(name, ["--out", file], "it cannot be a folder of results, as ", output: null);
        await RefusedAsync(name, ["--out", Path.Combine(file, "deeper", "still")], "it cannot be a folder of results, as ", output: null);
        if (!TorchSharp.torch.cuda.is_available())
        {
            await RefusedAsync(name, ["--device", "cuda"], "device cuda: CUDA is not available.");
            await RefusedAsync(name, ["--device", "cuda:99"], "device cuda:99: ");
        }
    }

    [Theory]
    [InlineData("pretrain", "there is no checkpoint to resume from", "--resume")]
    [InlineData("pretrain", "--resume is empty", "--resume", "")]
    [InlineData("pretrain", "--zap, --recommended and --no-zap exclude each other", "--zap", "--no-zap")]
    [InlineData("pretrain", "--width is '4097'", "--width", "4097")]
    [InlineData("pretrain", "--recommended is for --method iid", "--method", "asb", "--recommended")]
    [InlineData("pretrain", "takes images of", "--preset", "smoke", "--model", "resnet18")]
    [InlineData("pretrain", "--model is 'vgg'", "--model", "vgg")]
    [InlineData("pretrain", "--method is 'maml'", "--method", "maml")]
    [InlineData("pretrain", "--length is '0'; it must be a whole number from 1", "--length", "0")]
    [InlineData("run", "there is nothing to resume", "--resume")]
    [InlineData("sweep run", "--only is empty", "--only", " ")]
    [InlineData("sweep run", "has a null character", "--data", "a\0b")]
    [InlineData("run", "'fast' is not a learning rate", "--iid-lr", "1e-3,fast")]
    [InlineData("run", "'1e-3' is there twice", "--head-lr", "1e-3,1e-3")]
    [InlineData("run", "no pre-trained network could be read", "--pretrained", "nowhere")]
    [InlineData("run", "'--trials' expects a single argument but 2 were provided", "--trials", "1", "--trials", "2")]
    [InlineData("run", "--seed is for pre-training, and --pretrained takes networks that are there", "--pretrained", "nowhere", "--seed", "1")]
    [InlineData("run", "--width is for pre-training, and --pretrained takes networks that are there", "--width", "16", "--pretrained", "nowhere")]
    [InlineData("run", "--iid-lr none and --head-lr none leave nothing to do", "--pretrained", "nowhere", "--iid-lr", "none", "--head-lr", "none")]
    [InlineData("run", "--trials is for transfers, and --iid-lr none --head-lr none leave out all of them", "--trials", "2", "--iid-lr", "none", "--head-lr", "none")]
    [InlineData("run", "--first-trial is for transfers", "--first-trial", "1", "--iid-lr", "none", "--head-lr", "none")]
    [InlineData("transfer", "--iid-lr none and --head-lr none leave nothing to do", "--iid-lr", "none", "--head-lr", "none")]
    [InlineData("pretrain", "--inner-lr is for --method asb and meta-asb", "--inner-lr", "0.1")]
    [InlineData("pretrain", "--inner-lr is for --method asb and meta-asb", "--inner-lr", "0.1", "--method", "iid")]
    [InlineData("transfer", "nowhere: no pre-trained network could be read")]
    [InlineData("sweep run", "--max-minutes is '0'", "--max-minutes", "0")]
    public async Task Each_command_refuses_what_only_it_is_told(string name, string message, params string[] arguments) =>
        await RefusedAsync(name, arguments, message);

    [Theory]
    [InlineData("There is no command 'rnu'. Did you mean 'run'?", "rnu")]
    [InlineData("'sweap'. Did you mean 'sweep'?", "sweap", "run")]
    [InlineData("There is no command 'begin'.", "sweep", "begin")]
    [InlineData("file is empty", "sweep", "run", "")]
    [InlineData("--without' is required", "transfer")]
    [InlineData("smokey: there is no such file, and no such sweep in the app; did you mean 'smoke'?", "sweep", "run", "smokey")]
    public async Task What_is_no_command_line_at_all_is_refused(string message, params string[] arguments) => Refused(await RunAsync(arguments), message, arguments);

    [Fact]
    public async Task A_list_of_test_classes_is_refused_where_it_would_change_nothing()
    {
        var list = Path.Combine(_folder.FullName, "list.txt");
        await File.WriteAllTextAsync(list, "n1\n", TestContext.Current.CancellationToken);
        await RefusedAsync("pretrain", ["--preset", "smoke", "--test-classes", list], "--test-classes says something of OmnImage alone");
    }

    [Fact]
    public async Task Without_a_command_all_of_them_are_shown()
    {
        var (exitCode, errors) = await RunAsync([]);
        exitCode.Should().Be(2);
        errors.Should().Contain("pretrain").And.Contain("sweep").And.Contain("report");
    }

    [Theory]
    [InlineData("name: x\npreset: smoke\nnetworks: [")]
    [InlineData("\0\ufffd")]
    [InlineData("name: x\npreset: smoke\nnetworks: {a: {method: iid, zap: false, seeds: [1], length: -1}}")]
    [InlineData("name: x\npreset: smoke\nnetworks: {a: {method: iid, zap: false, seeds: [1], learning_rate: 0,001}}")]
    public async Task A_damaged_sweep_file_is_refused_with_its_line(string text)
    {
        var file = Path.Combine(_folder.FullName, "a.yaml");
        await File.WriteAllTextAsync(file, text);
        foreach (var name in new[] { "sweep run", "sweep status", "sweep collect", "report" })
        {
            Refused(await RunAsync([.. name.Split(' '), file, "--out", Output]), $"{file}:", [name]);
        }
    }

    private static IEnumerable<string> Leaves(Command command, string path) => command.Subcommands.Count == 0
        ? [path.Trim()]
        : command.Subcommands.SelectMany(sub => Leaves(sub, $"{path} {sub.Name}"));

    private static Command Find(string name) =>
        name.Split(' ').Aggregate((Command)App.Create(), (command, part) => command.Subcommands.Single(sub => sub.Name == part));

    private static async Task<(int ExitCode, string Errors)> RunAsync(IReadOnlyList<string> arguments)
    {
        using var errors = new StringWriter();
        return (await App.RunAsync(arguments, errors).ConfigureAwait(false), errors.ToString());
    }

    private static void Refused((int ExitCode, string Errors) outcome, string message, IEnumerable<string> arguments)
    {
        var because = string.Join(' ', arguments);
        outcome.ExitCode.Should().Be(ExitCodes.NotUsable, "of {0}: {1}", because, outcome.Errors);
        outcome.Errors.Should().StartWith("error: ").And.Contain(message, "of {0}", because).And.NotContain("   at ");
        outcome.Errors.TrimEnd('\r', '\n').Should().NotContainAny("\n", "\r");
    }

    private Task RefusedAsync(string name, string[] arguments, string message) => RefusedAsync(name, arguments, message, Output);

    private static async Task RefusedAsync(string name, string[] arguments, string message, string? output)
    {
        string[] all = [.. name.Split(' '), .. Commands[name], .. arguments, .. output is null || arguments.Contains("--out") ? Array.Empty<string>() : ["--out", output]];
        Refused(await RunAsync(all).ConfigureAwait(false), message, all);
    }
}
