using System.CommandLine;
using Zapping.CommandLine;
using Zapping.Plasticity;
using Zapping.Plasticity.Problems;

namespace Plasticity.Commands;

/// <summary>Where a problem's images come from.</summary>
internal sealed class ProblemSource
{
    private const string Mnist = "MNIST";
    private const string Cifar = "CIFAR-100";
    private const string Omniglot = "Omniglot";
    private const string NoImages = "none";
    private const int Characters = 50;

    private readonly Option<string?> _mnist = new Option<string?>("--mnist")
    {
        Description = "Folder of MNIST's train-images-idx3-ubyte and train-labels-idx1-ubyte, also as .gz. Without it, random-labels takes drawings of invented characters.",
    };

    private readonly Option<string?> _cifar = new Option<string?>("--cifar100")
    {
        Description = "CIFAR-100: a folder with train/class/image.png and test/class/image.png, a zip archive of one, or the folder of cifar100.zip.",
    };

    private readonly Option<string?> _omniglot = new Option<string?>("--omniglot")
    {
        Description = "Omniglot: a folder with images_background and images_evaluation, or with the two zip archives.",
    };

    /// <summary>Names of all problems, with where their images come from.</summary>
    public static IReadOnlyDictionary<string, (string Data, Func<ImageTable, PlasticityProblem> Make)> All { get; } =
        new Dictionary<string, (string, Func<ImageTable, PlasticityProblem>)>(StringComparer.Ordinal)
        {
            ["random-labels"] = (Mnist, images => new RandomLabels(images)),
            ["permuted-inputs"] = (Mnist, images => new PermutedInputs(images)),
            ["permuted-inputs-centered"] = (Mnist, images => new PermutedInputs(images, centered: true)),
            ["permuted-labels"] = (Mnist, images => new PermutedLabels(images)),
            ["warm-start"] = (Cifar, images => new WarmStart(images)),
            ["class-pairs"] = (Cifar, images => new ClassPairs(images)),
            ["character-tens"] = (Omniglot, images => new CharacterTens(images)),
            ["slow-regression"] = (NoImages, _ => new SlowRegression()),
        };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in new[] { _mnist, _cifar, _omniglot })
        {
            command.Add(option);
        }
    }

    /// <summary>Reads the images of a problem, and makes it.</summary>
    /// <param name="name">Of the problem.</param>
    /// <param name="parse">The command line.</param>
    /// <param name="choosing">Whether options are to be chosen, which must not see test images: a part of the training images takes their place.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="CommandException">Its data are not given.</exception>
    public PlasticityProblem Open(string name, ParseResult parse, bool choosing, CancellationToken cancellationToken)
    {
        var (data, make) = All[name];
        var images = data switch
        {
            Cifar => ImageTable.OfCifar100(Given(_cifar, data), cancellationToken: cancellationToken),
            Omniglot => ImageTable.OfOmniglot(Given(_omniglot, data), cancellationToken: cancellationToken),
            Mnist when parse.GetValue(_mnist) is { } folder => ImageTable.OfMnist(folder),
            Mnist when name != "random-labels" => throw new CommandException($"{name} needs more images than can be drawn: give the folder of MNIST with --mnist."),
            _ => ImageTable.OfGlyphs(Characters),
        };
        const int Held = 5; // every fifth of Omniglot's 15 drawings
        return make(choosing && images.TestInputs is not null ? images.ForChoosing(data == Omniglot ? Held : 2 * Held) : images);

        string Given(Option<string?> option, string what) =>
            parse.GetValue(option) ?? throw new CommandException($"{name} needs {what}: say where it is with {option.Name}.");
    }
}
