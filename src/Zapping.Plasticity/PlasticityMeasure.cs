namespace Zapping.Plasticity;

/// <summary>By what policies are compared on a problem.</summary>
public enum PlasticityMeasure
{
    /// <summary>The share of a batch that is right before the batch's update.</summary>
    OnlineAccuracy,

    /// <summary>Accuracy after a task's last step, on test images.</summary>
    FinalAccuracy,

    /// <summary>The loss of a batch before the batch's update; lower is better.</summary>
    OnlineLoss,
}
