using Zapping.Training.Conformance.Checks;
using static TorchSharp.torch;

namespace Zapping.Training.Conformance;

/// <summary>
/// What every reset policy must do, as checks that any test framework can run. Derive a class for your policy, say which entries it
/// writes, and call <see cref="CheckAll"/>, or <see cref="Check(string)"/> for each of <see cref="Checks"/>.
/// </summary>
/// <remarks>Each check makes its own models and policies and disposes of them. A check runs on the CPU in milliseconds.</remarks>
/// <threadsafety>One check at a time.</threadsafety>
public abstract class PolicyConformance
{
    /// <summary>Names of all checks, in the order in which <see cref="CheckAll"/> runs them.</summary>
    public static IReadOnlyList<string> Checks { get; } = [.. ConformanceChecks.All.Keys];

    /// <summary>Runs one check.</summary>
    /// <param name="name">One of <see cref="Checks"/>.</param>
    /// <exception cref="ArgumentException">There is no such check; the message lists those that there are.</exception>
    /// <exception cref="PolicyConformanceException">The policy does not keep the rule, or threw an exception, which is then the inner one.</exception>
    public void Check(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!ConformanceChecks.All.TryGetValue(name, out var check))
        {
            throw new ArgumentException($"There is no check '{name}'. There are: {string.Join(", ", Checks)}.", nameof(name));
        }

        using var bench = new Bench(this, name);
        try
        {
            check(bench);
        }
        catch (Exception thrown) when (thrown is not PolicyConformanceException)
        {
            throw bench.Failure($"an exception came out of it: {thrown.GetType().Name}: {thrown.Message}", inner: thrown);
        }
    }

    /// <summary>Runs all checks, also those after one that fails.</summary>
    /// <exception cref="PolicyConformanceException">Some failed; the message has a line for each.</exception>
    public void CheckAll()
    {
        var failures = new List<PolicyConformanceException>();
        foreach (var name in Checks)
        {
            try
            {
                Check(name);
            }
            catch (PolicyConformanceException failure)
            {
                failures.Add(failure);
            }
        }

        if (failures.Count > 0)
        {
            throw new PolicyConformanceException(failures);
        }
    }

    /// <summary>Makes the policy. It is disposed of at the end of the check if it is <see cref="IDisposable"/>.</summary>
    /// <param name="model">Made by <see cref="CreateModel"/>.</param>
    /// <param name="optimizerState">How the policy is to treat optimizer state.</param>
    protected internal abstract IResetPolicy CreatePolicy(nn.Module<Tensor, Tensor> model, OptimizerStateReset optimizerState);

    /// <summary>Whether the policy writes this entry at <see cref="Boundary"/>, after <see cref="PrepareReset"/>.</summary>
    /// <param name="parameter">A name of <c>named_parameters()</c> or <c>named_buffers()</c>.</param>
    /// <param name="row">Index of the first dimension; 0 for a scalar.</param>
    /// <param name="column">Index in the flattened row; 0 for a vector.</param>
    protected internal abstract bool Writes(string parameter, int row, int column);

    /// <summary>Whether optimizer state of this entry is treated as asked; default: that of all entries that are written.</summary>
    /// <param name="parameter">A name of <c>named_parameters()</c>.</param>
    /// <param name="row">Index of the first dimension; 0 for a scalar.</param>
    /// <param name="column">Index in the flattened row; 0 for a vector.</param>
    protected internal virtual bool ResetsOptimizerState(string parameter, int row, int column) => Writes(parameter, row, column);

    /// <summary>
    /// A parameter whose new values, or their choice, are random; default <c>head.weight</c>. Null for a policy without randomness,
    /// which must then give the same bits with every seed.
    /// </summary>
    protected internal virtual string? RandomParameter => "head.weight";

    /// <summary>The boundary at which the policy runs; default: one at which class 2 begins. Its index is counted on by the checks.</summary>
    protected internal virtual TrainingBoundary Boundary => TrainingBoundary.Class(0, 2);

    /// <summary>Makes a model with the same weights at each call, on the CPU; default: <see cref="ConformanceModel.Create"/>.</summary>
    /// <param name="type">The type of all parameters: each of Float32, Float64, Float16 and BFloat16 is asked for.</param>
    protected internal virtual nn.Module<Tensor, Tensor> CreateModel(ScalarType type) => ConformanceModel.Create(type);

    /// <summary>
    /// Called before each reset, for policies that look at forward passes; default: does nothing. It must not change parameters, and
    /// must do the same at each call.
    /// </summary>
    /// <param name="model">Made by <see cref="CreateModel"/>.</param>
    protected internal virtual void PrepareReset(nn.Module<Tensor, Tensor> model)
    {
    }
}
