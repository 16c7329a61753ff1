using Zapping.Continual.Learners;
using Zapping.Continual.Learners.Joint;
using Zapping.Continual.Learners.Replay;
using Zapping.Continual.Learners.Sequential;
using Zapping.Continual.Memory;
using Zapping.Training;
using static TorchSharp.torch;

namespace Zapping.Continual.Tests.Learners;

/// <summary>Every learner, as tests make it.</summary>
internal static class LearnerCases
{
    public delegate PhasedLearner Make(nn.Module<Tensor, Tensor> model, optim.Optimizer optimizer, Action<ContinualTrainer>? configure);

    public static IReadOnlyDictionary<string, Make> All { get; } = new Dictionary<string, Make>(StringComparer.Ordinal)
    {
        [nameof(SequentialFineTuning)] = Sequential,
        [nameof(JointTraining)] = Joint,
        [nameof(ExperienceReplay)] = Replay,
    };

    public static PhasedLearner Sequential(nn.Module<Tensor, Tensor> model, optim.Optimizer optimizer, Action<ContinualTrainer>? configure) =>
        new SequentialFineTuning(model, optimizer, new LearnerOptions { Epochs = 15, BatchSize = 7 }, configure);

    public static PhasedLearner Joint(nn.Module<Tensor, Tensor> model, optim.Optimizer optimizer, Action<ContinualTrainer>? configure) =>
        new JointTraining(model, optimizer, new LearnerOptions { Epochs = 15, BatchSize = 7 }, configure);

    public static PhasedLearner Replay(nn.Module<Tensor, Tensor> model, optim.Optimizer optimizer, Action<ContinualTrainer>? configure) =>
        new ExperienceReplay(
            model, optimizer, ExemplarMemory.Total(40, ExemplarSelection.Herding), new ExperienceReplayOptions { Epochs = 15, BatchSize = 7, ReplayedExamples = 14 }, configure);
}
