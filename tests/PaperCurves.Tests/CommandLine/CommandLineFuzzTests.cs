using System.CommandLine;
using System.Text.RegularExpressions;
using CsCheck;
using FluentAssertions;
using PaperCurves.Commands;
using PaperCurves.Tests.Commands;
using Xunit;
using Zapping.CommandLine;
using Zapping.Training.Tests.Shared;

namespace PaperCurves.Tests.CommandLine;

/// <summary>Command lines that are right but for one value: refused in one line that names option or value, with exit code 2, and nothing is touched.</summary>
[Collection(AloneCollection.Name)] // commands set the number of threads
public sealed partial class CommandLineFuzzTests : IDisposable
{
    private const string Letters = "0123456789.,_ eE+-x%/\\'\"\t\n∞١５½²e";

    private static readonly string[] Junk =
        ["0,001", "1,000", "1_000", " 5", "5 ", "0x10", "1e3,", "∞", "-0", "１２", "१", "NaN", "-1", "+1", "1.5.5", "1e", "e1", ".", "", " ", "1/2", "1½", "0b1", "1'000", "1 000", "007", "5\0", "\u22125", "1e999", "true", "$5"];

    /// <summary>Each command with what it needs, in an otherwise right command line.</summary>
    private static readonly (string[] Command, string[] Needs)[] Commands =
    [
        (["run"], []),
        (["pretrain"], ["--method", "asb"]), // which has an inner loop
        (["transfer"], ["--without", "nowhere", "--with", "nowhere"]),
        (["sweep", "run"], ["smoke"]),
        (["sweep", "status"], ["smoke"]),
        (["sweep", "collect"], ["smoke"]),
        (["sweep", "pack"], ["smoke", "--from", "nowhere"]),
        (["report"], ["smoke"]),
    ];

    /// <summary>A right value of each option that has one.</summary>
    private static readonly Dictionary<string, string> Right = new(StringComparer.Ordinal)
    {
        ["--preset"] = "smoke",
        ["--model"] = "convnet",
        ["--device"] = "cpu",
        ["--threads"] = "1",
        ["--seed"] = "5",
        ["--width"] = "16",
        ["--trials"] = "1",
        ["--first-trial"] = "2",
        ["--length"] = "1",
        ["--save-every"] = "3",
        ["--iid-lr"] = "1e-3,0.01",
        ["--head-lr"] = "none",
        ["--lr"] = "1e-3",
        ["--inner-lr"] = ".5",
        ["--max-minutes"] = "1",
        ["--only"] = "iid*",
    };

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("papercurves-fuzz-");

    public CommandLineFuzzTests()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "a file"), "kept");
        Directory.CreateDirectory(Path.Combine(_folder.FullName, "out"));
        File.WriteAllText(Path.Combine(_folder.FullName, "out", "mine.txt"), "kept");
    }

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Every_option_that_takes_a_value_is_known_here() => Commands.SelectMany(command => Values(command.Command)).Select(option => option.Name).Distinct(StringComparer.Ordinal)
        .Should().BeEquivalentTo([.. Right.Keys, "--out", "--data", "--test-classes", "--without", "--with", "--recommended", "--pretrained", "--resume", "--method", "--from"]);

    [Fact]
    public async Task One_wrong_value_is_refused_by_name_and_touches_nothing()
    {
        var before = Tree.Of(_folder.FullName);
        var sample =
            from command in OneOf(Commands)
            let options = Values(command.Command)
            from wrong in OneOf([.. options])
            from value in WrongValues(wrong)
            from others in Gen.Shuffle(options.Where(option => option.Name != wrong.Name && Right.ContainsKey(option.Name)).ToArray())
            from count in Gen.Int[0, others.Length]
            select (command.Command, command.Needs, Wrong: wrong.Name, Value: value, Others: others[..count].SelectMany(option => new[] { option.Name, Right[option.Name] }).ToArray());
        await sample.SampleAsync(
            async line =>
            {
                var needs = line.Needs.Index().Where(part => line.Needs[part.Index & ~1] != line.Wrong).Select(part => part.Item);
                string[] arguments =
                [
                    .. line.Command, .. needs, .. line.Others, .. line.Wrong == "--out" ? Array.Empty<string>() : ["--out", Path.Combine(_folder.FullName, "out")], line.Wrong, line.Value,
                ];
                var (exitCode, errors) = await InProcess.RunAsync(arguments).ConfigureAwait(false);
                exitCode.Should().Be(2, errors);
                errors.Should().StartWith("error: ").And.EndWith(Environment.NewLine);
                errors.TrimEnd('\r', '\n').Should().NotContainAny("\n", "\r", "   at ");
                (errors.Contains(line.Wrong, StringComparison.Ordinal) || errors.Contains(OneLine.Of(line.Value), StringComparison.Ordinal)).Should().BeTrue("'{0}' is to name {1} or '{2}'", errors, line.Wrong, line.Value);
            },
            iter: Fuzz.Iterations(400),
            threads: 1);
        Tree.Of(_folder.FullName).Should().Equal(before);
    }

    private Gen<string> WrongValues(Option option) => option.Name switch
    {
        "--out" => Gen.Const(Path.Combine(_folder.FullName, "a file")),
        "--data" or "--from" or "--test-classes" or "--without" or "--with" or "--recommended" or "--pretrained" => OneOf("nowhere", "", "\0"),
        "--resume" => OneOf("000001-step-1", ".."),
        "--only" => OneOf("", "  ", "\0"),
        "--preset" or "--method" or "--model" or "--device" => OneOf("huge", "", " cpu", "IID", "cuda:x", "gpu", "mps", "cuda:-1", "smoke,quick", "meta_asb"),
        "--iid-lr" or "--head-lr" => Texts.Where(text => text != "none" && text.Split(',').Any(part => !IsFraction(part))),
        "--lr" or "--inner-lr" => Texts.Where(text => !IsFraction(text)),
        _ => Texts.Where(text => !WholeNumber.IsMatch(text)),
    };

    private static Gen<string> Texts => Gen.OneOf(OneOf(Junk), Gen.String[Gen.Char[Letters], 0, 8]);

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);

    // Judged by another means than the app does.
    private static bool IsFraction(string text) => Fraction.IsMatch(text);

    private static List<Option> Values(string[] command) =>
        [.. command.Aggregate((Command)App.Create(), (at, name) => at.Subcommands.Single(sub => sub.Name == name)).Options.Where(option => option.ValueType != typeof(bool) && option.Name != "--help")];

    [GeneratedRegex(@"^(0|[1-9][0-9]*)\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex WholeNumber { get; }

    [GeneratedRegex(@"^((0|[1-9][0-9]*)\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Fraction { get; }
}
