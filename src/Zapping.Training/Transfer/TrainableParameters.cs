using Zapping.Training.Parameters;

namespace Zapping.Training.Transfer;

/// <summary>
/// What moves while a model is transferred to new classes. Parameters that do not require gradients, because the caller has frozen
/// them, stay as they are.
/// </summary>
public abstract class TrainableParameters
{
    private TrainableParameters()
    {
    }

    /// <summary>Every parameter that requires gradients ("unfrozen").</summary>
    public static TrainableParameters All { get; } = new Named(ParameterFilter.All);

    /// <summary>The classifier's weight and bias ("head-only"). The features of all examples are then computed once.</summary>
    public static TrainableParameters Head { get; } = new HeadOnly();

    /// <summary>Parameters chosen by name.</summary>
    /// <param name="parameters">Those that move.</param>
    public static TrainableParameters From(ParameterFilter parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        return new Named(parameters);
    }

    internal sealed class HeadOnly : TrainableParameters;

    internal sealed class Named(ParameterFilter parameters) : TrainableParameters
    {
        public ParameterFilter Parameters => parameters;
    }
}
