using System.CommandLine;
using Zapping.Datasets;

namespace ChangingLabels;

/// <summary>What can be said behind the sample's name.</summary>
internal static class CommandLine
{
    private const int NotUsable = 2;

    public static RootCommand Create(Action<LabelledImages, int, int> compare)
    {
        var mnist = new Argument<string?>("mnist")
        {
            Description = "Folder of MNIST's train-images-idx3-ubyte and train-labels-idx1-ubyte, also as .gz. Without it, characters are drawn.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var tasks = Count("--tasks", "How many tasks follow each other.", usual: 25);
        var seeds = Count("--seeds", "How many networks learn with resets, and how many without.", usual: 3);
        var command = new RootCommand("Labels change while inputs stay: online accuracy with and without resets of the last layer.") { mnist, tasks, seeds };
        command.SetAction(parse =>
        {
            try
            {
                compare(LabelledImages.Open(parse.GetValue(mnist)), parse.GetValue(tasks), parse.GetValue(seeds));
                return 0;
            }
            catch (DataException failure)
            {
                Console.Error.WriteLine(failure.Message);
                return NotUsable;
            }
        });
        return command;
    }

    private static Option<int> Count(string name, string description, int usual)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => usual };
        option.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<int>() < 1)
            {
                given.AddError($"{name} must be at least 1.");
            }
        });
        return option;
    }
}
