using System.CommandLine;
using Zapping.CommandLine;
using Zapping.Plasticity;
using Zapping.Plasticity.Problems;

namespace Plasticity.Commands;

/// <summary>Where a problem's images come from.</summary>
internal sealed class ProblemSource
{
    private const int Characters = 50;

    private readonly Option<string?> _mnist = new Option<string?>("--mnist")
    {
        Description = "Folder of MNIST's train-images-idx3-ubyte and train-labels-idx1-ubyte, also as .gz. Without it, random-labels takes drawings of invented characters.",
    };

    private readonly Option<string?> _cifar = new Option<string?>("--cifar100")
    {
        Description = "CIFAR-100: a folder with train/class/image.png and test/class/image.png, a zip archive of one, or the folder of cifar100.zip.",
    };

    /// <summary>Names of all problems, with where their images come from.</summary>
    public static IReadOnlyDictionary<string, (string Data, Func<ImageTable, PlasticityProblem> Make)> All { get; } =
        new Dictionary<string, (string, Func<ImageTable, PlasticityProblem>)>(StringComparer.Ordinal)
        {
            ["random-labels"] = ("MNIST", images => new RandomLabels(images)),
            ["permuted-inputs"] = ("MNIST", images => new PermutedInputs(images)),
            ["permuted-inputs-centered"] = ("MNIST", images => new PermutedInputs(images, centered: true)),
            ["permuted-labels"] = ("MNIST", images => new PermutedLabels(images)),
            ["warm-start"] = ("CIFAR-100", images => new WarmStart(images)),
            ["class-pairs"] = ("CIFAR-100", images => new ClassPairs(images)),
        };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_mnist);
        command.Add(_cifar);
    }

    /// <summary>Reads the images of a problem, and makes it.</summary>
    /// <exception cref="CommandException">Its data are not given.</exception>
    public PlasticityProblem Open(string name, ParseResult parse, CancellationToken cancellationToken)
    {
        var (data, make) = All[name];
        return make(data == "CIFAR-100" ? Cifar(name, parse, cancellationToken) : Digits(name, parse));
    }

    private ImageTable Digits(string name, ParseResult parse) => parse.GetValue(_mnist) switch
    {
        { } folder => ImageTable.OfMnist(folder),
        null when name == "random-labels" => ImageTable.OfGlyphs(Characters),
        null => throw new CommandException($"{name} needs more images than can be drawn: give the folder of MNIST with --mnist."),
    };

    private ImageTable Cifar(string name, ParseResult parse, CancellationToken cancellationToken) => parse.GetValue(_cifar) is { } path
        ? ImageTable.OfCifar100(path, cancellationToken: cancellationToken)
        : throw new CommandException($"{name} needs CIFAR-100: say where it is with --cifar100.");
}
