using System.ComponentModel.DataAnnotations;

namespace Zapping.Training.Evaluation;

/// <summary>When training that improves no more is ended.</summary>
public sealed record EarlyStoppingOptions
{
    /// <summary>What is to improve; default <see cref="StoppingMetric.Loss"/>.</summary>
    public StoppingMetric Metric { get; set; } = StoppingMetric.Loss;

    /// <summary>After how many epochs without improvement training ends, at least 1; default 3.</summary>
    [Range(1, int.MaxValue)]
    public int Patience { get; set; } = 3;

    /// <summary>What counts as an improvement: by more than this; at least 0, default 0.</summary>
    [Range(0, double.MaxValue)]
    public double MinDelta { get; set; }

    /// <summary>Whether the model gets the weights and buffers of the best epoch back when training ends, by a stop or by itself; default true. Optimizers keep what they have.</summary>
    public bool RestoreBest { get; set; } = true;
}

/// <summary>What an early stop looks at.</summary>
public enum StoppingMetric
{
    /// <summary>The mean loss, which is to fall.</summary>
    Loss,

    /// <summary>The accuracy, which is to rise; for labels that are class ids.</summary>
    Accuracy,
}
