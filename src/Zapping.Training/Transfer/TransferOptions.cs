using System.ComponentModel.DataAnnotations;
using TorchSharp.Modules;
using Zapping.Training.Optimizers;
using static TorchSharp.torch;

namespace Zapping.Training.Transfer;

/// <summary>What all ways of transferring a model to new classes have in common, and all there is to say of <see cref="LeastSquaresTransfer"/>.</summary>
/// <remarks>A transfer changes the model that it is given, because modules cannot be copied. To transfer again from the same weights, load them again.</remarks>
public record TransferOptions
{
    /// <summary>The classifier layer; default: the only linear layer that it can be.</summary>
    [Required]
    public HeadSelector Head { get; set; } = HeadSelector.Single();

    /// <summary>
    /// To what the classifier's weights are set before anything is learned, its biases to 0; default: Kaiming normal, as
    /// published. <see langword="null"/> leaves the classifier as it is.
    /// </summary>
    public Initializer? HeadInitializer { get; set; } = Initializer.KaimingNormal();

    /// <summary>Seed of the fresh classifier and of the order of batches; default 0.</summary>
    public ulong Seed { get; set; }

    /// <summary>Which units take part in the softmax and are predicted; default all, as published.</summary>
    [EnumDataType(typeof(ClassMask))]
    public ClassMask ClassMask { get; set; }

    /// <summary>Examples at a time in evaluation, at least 1; default 250.</summary>
    [Range(1, int.MaxValue)]
    public int EvaluationBatchSize { get; set; } = 250;

    /// <summary>When support examples, of which there are many, are evaluated too; default: whenever query examples are.</summary>
    [EnumDataType(typeof(SupportEvaluation))]
    public SupportEvaluation EvaluateSupport { get; set; }
}

/// <summary>Options of transfers that make gradient steps.</summary>
public abstract record FineTuningOptions : TransferOptions
{
    private protected FineTuningOptions()
    {
    }

    /// <summary>What is trained; default everything (unfrozen).</summary>
    [Required]
    public TrainableParameters Trainable { get; set; } = TrainableParameters.All;

    /// <summary>Learning rate, at least 0; default 1e-3.</summary>
    [Range(0, double.MaxValue)]
    public double LearningRate { get; set; } = 1e-3;

    /// <summary>Makes the optimizer from the trained parameters and the learning rate; default: <see cref="FusedAdam"/>, as published.</summary>
    public Func<IReadOnlyList<Parameter>, double, optim.Optimizer>? Optimizer { get; set; }
}

/// <summary>Which units of the classifier take part in the softmax.</summary>
public enum ClassMask
{
    /// <summary>All that there are, also those that never stand for a class, as published.</summary>
    All,

    /// <summary>Those of the task's classes.</summary>
    Task,
}

/// <summary>When support examples are evaluated.</summary>
public enum SupportEvaluation
{
    /// <summary>Whenever query examples are.</summary>
    Always,

    /// <summary>At the last evaluation only.</summary>
    AtTheEnd,

    /// <summary>Never.</summary>
    Never,
}
