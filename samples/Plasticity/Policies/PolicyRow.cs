using System.Globalization;
using Zapping.Plasticity;
using Zapping.Training;
using Zapping.Training.Data;

namespace Plasticity.Policies;

/// <summary>A row of a comparison.</summary>
/// <param name="Name">A word for command lines, files and tables.</param>
/// <param name="Description">What it does.</param>
/// <param name="Options">Named numbers with their defaults; none for a row that has nothing to choose.</param>
/// <param name="Use">Puts it on a trainer.</param>
internal sealed record PolicyRow(string Name, string Description, IReadOnlyDictionary<string, double> Options, Action<ContinualTrainer, PolicyFacts> Use)
{
    /// <summary>What is tried when options are tuned, beginning with what changes the network least; a row without any is not tuned.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, double>> Grid { get; init; } = [];

    /// <summary>Whether it is told where tasks begin.</summary>
    public bool KnowsTasks { get; init; }

    /// <summary>Makes a row without options.</summary>
    public static PolicyRow Of(string name, string description, Action<ContinualTrainer, PolicyFacts> use) => new(name, description, Set(), use);

    /// <summary>Options as tables have them: names and numbers, with commas between.</summary>
    public static string TextOf(IReadOnlyDictionary<string, double> options) =>
        string.Join(", ", options.Select(option => string.Create(CultureInfo.InvariantCulture, $"{option.Key} {option.Value:r}")));

    /// <summary>Whether two sets of options have the same names and numbers.</summary>
    public static bool Equal(IReadOnlyDictionary<string, double> one, IReadOnlyDictionary<string, double> other) =>
        one.Count == other.Count && one.All(option => other.TryGetValue(option.Key, out var value) && value == option.Value);

    /// <summary>Named numbers.</summary>
    public static IReadOnlyDictionary<string, double> Set(params (string Name, double Value)[] options) =>
        options.ToDictionary(option => option.Name, option => option.Value, StringComparer.Ordinal);
}

/// <summary>What a row may look at.</summary>
/// <param name="Problem">The problem.</param>
/// <param name="Example">Some inputs of its first task.</param>
/// <param name="Seed">Of the policy's randomness: one more than that of the stream.</param>
/// <param name="Options">Its options.</param>
/// <param name="Keep">Takes what is to be disposed of after the run.</param>
internal sealed record PolicyFacts(PlasticityProblem Problem, TorchSharp.torch.Tensor Example, ulong Seed, IReadOnlyDictionary<string, double> Options, Action<IDisposable> Keep)
{
    /// <summary>An option.</summary>
    public double this[string option] => Options[option];

    /// <summary>The images of a task in the order in which they were drawn, in batches.</summary>
    public IEnumerable<LabeledBatch> BatchesOf(long task)
    {
        const int Examples = 128;
        var images = Problem.Task(Seed - 1, (int)task);
        for (var first = 0L; first < images.Labels.size(0); first += Examples)
        {
            var count = Math.Min(Examples, images.Labels.size(0) - first);
            yield return new(images.Inputs.narrow(0, first, count), images.Labels.narrow(0, first, count));
        }
    }

    /// <summary>At every task but the first.</summary>
    public ResetSchedule AtTasks => new(BoundaryKind.TaskBoundary) { SkipFirst = true, Seed = Seed };

    /// <summary>At every step.</summary>
    public ResetSchedule AtSteps => new(BoundaryKind.StepBoundary) { Seed = Seed };

    /// <summary>At each so many steps.</summary>
    public ResetSchedule EachSteps(double period) => new(BoundaryKind.StepBoundary) { Period = Math.Max(1, (long)period), SkipFirst = true, Seed = Seed };
}
