using Microsoft.Extensions.Logging;
using Zapping.Training.Steps;
using static TorchSharp.torch;

namespace Zapping.Training;

/// <summary>What a checkpoint is made of, and what it brings back: a trainer, or a training loop of the user's own.</summary>
internal interface ICheckpointed
{
    nn.Module Model { get; }

    IReadOnlyList<optim.Optimizer> Optimizers { get; }

    IReadOnlyList<ZapScheduler> Schedulers { get; }

    IReadOnlyList<LearningRateSchedule> LearningRates { get; }

    IReadOnlyList<ITrainingObserver> Observers { get; }

    IReadOnlyList<ITrainingMemory> Memories { get; }

    /// <summary>What a resumed run must share with the saved one besides model, optimizers and resets.</summary>
    IReadOnlyDictionary<string, object?> Settings { get; }

    TrainerState State { get; set; }

    /// <summary>What the last <c>Fit</c> was fed with; null if there was none.</summary>
    FeedDescription? Feed { get; }

    ILogger Log { get; }

    /// <summary>The classifier that grows during training, and would have grown before a checkpoint of later was saved; null if none does.</summary>
    Heads.GrowingHead? GrowingHead { get; }

    /// <summary>Has the next <c>Fit</c> go on from a saved one.</summary>
    /// <param name="saved">What that one was fed with; null if it is not known.</param>
    /// <param name="accepted">Differences that are meant.</param>
    void Expect(FeedDescription? saved, IReadOnlyCollection<string> accepted);
}
