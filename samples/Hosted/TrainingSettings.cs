using System.ComponentModel.DataAnnotations;

namespace Hosted;

/// <summary>The section "Training" of appsettings.json.</summary>
internal sealed class TrainingSettings
{
    /// <summary>How many epochs in all, those before a restart included.</summary>
    [Range(1, int.MaxValue)]
    public int Epochs { get; set; }

    [Range(1e-6, 1)]
    public double LearningRate { get; set; }

    /// <summary>The folder of the checkpoints.</summary>
    [Required]
    public string Checkpoints { get; set; } = "";
}
