namespace Zapping.Training;

/// <summary>
/// What moves while a model is transferred to new classes. Parameters that do not require gradients, because the caller has frozen
/// them, stay as they are.
/// </summary>
public abstract class TransferParameters
{
    private TransferParameters()
    {
    }

    /// <summary>Every parameter that requires gradients ("unfrozen").</summary>
    public static TransferParameters All { get; } = new Named(ParameterSet.All);

    /// <summary>The classifier's weight and bias ("head-only"). The features of all examples are then computed once.</summary>
    public static TransferParameters Head { get; } = new HeadOnly();

    /// <summary>Parameters chosen by name.</summary>
    /// <param name="parameters">Those that move.</param>
    public static TransferParameters Of(ParameterSet parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        return new Named(parameters);
    }

    internal sealed class HeadOnly : TransferParameters;

    internal sealed class Named(ParameterSet parameters) : TransferParameters
    {
        public ParameterSet Parameters => parameters;
    }
}
