namespace Zapping.Training.Conformance;

/// <summary>A policy does not keep a rule. The message names the check, and the parameter, row and column where there is one.</summary>
public sealed class PolicyConformanceException : Exception
{
    internal PolicyConformanceException(string check, string policy, string problem, EntryPlace? place = null, Exception? inner = null)
        : base($"{policy} fails {check}: {(place is null ? "" : $"{place}: ")}{problem}", inner)
    {
        Check = check;
        Failures = [this];
        (Parameter, Row, Column) = (place?.Tensor, place?.Row, place?.Column);
    }

    internal PolicyConformanceException(IReadOnlyList<PolicyConformanceException> failures)
        : base(string.Join(Environment.NewLine, failures.Select(failure => failure.Message)), failures[0])
    {
        Failures = failures;
        Check = failures[0].Check;
        (Parameter, Row, Column) = (failures[0].Parameter, failures[0].Row, failures[0].Column);
    }

    /// <summary>Name of the check that failed; of several the first.</summary>
    public string Check { get; }

    /// <summary>Name of the parameter, buffer, optimizer state or policy state at fault; null where the fault is not at one.</summary>
    public string? Parameter { get; }

    /// <summary>The first row at fault; null where the fault is not at one.</summary>
    public int? Row { get; }

    /// <summary>The first column at fault, which for a vector is 0; null where the fault is not at one.</summary>
    public int? Column { get; }

    /// <summary>All failures that <see cref="PolicyConformance.CheckAll"/> found; for a single check the exception itself.</summary>
    public IReadOnlyList<PolicyConformanceException> Failures { get; }
}
