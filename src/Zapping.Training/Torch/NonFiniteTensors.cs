using System.Globalization;

namespace Zapping.Training.Torch;

/// <summary>What was found not to be finite besides a loss.</summary>
/// <param name="What">Ends "The loss is 1, but ".</param>
/// <param name="Names">Of parameters or buffers.</param>
/// <param name="Advice">What may help, as a sentence.</param>
internal sealed record NonFiniteTensors(string What, IReadOnlyList<string> Names, string Advice)
{
    /// <param name="found">Names of parameters, with how many entries of their gradients are not finite, of how many.</param>
    public static NonFiniteTensors Gradients(IReadOnlyList<(string Name, long Count, long Of)> found) => new(
        $"its gradient is NaN or infinite in {FiniteWeights.Listing(found)}",
        [.. found.Select(f => f.Name)],
        "A function in the model or the loss has no finite derivative where it was taken, as sqrt and norm at 0, or a number overflowed: a small number added inside, "
        + "or a lower learning rate, may help.");

    /// <param name="norm">Of all gradients together, which are finite, but not their squares.</param>
    public static NonFiniteTensors Norm(double norm) => new(
        $"the norm of its gradient is {norm.ToString(CultureInfo.InvariantCulture)}", [], "A lower learning rate may help; check the inputs too.");

    /// <param name="found">Names of buffers, or of weights that an inner loop moves, with how many entries became NaN or infinite, of how many.</param>
    public static NonFiniteTensors Written(IReadOnlyList<(string Name, long Count, long Of)> found) => new(
        $"the step made {FiniteWeights.Listing(found)} NaN or infinite",
        [.. found.Select(f => f.Name)],
        "Statistics of one value have no variance: leave out a batch of one example, or have the layer in eval mode. Weights that overflow need a lower learning rate.");
}
