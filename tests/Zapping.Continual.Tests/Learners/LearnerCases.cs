using Zapping.Continual.Learners;
using Zapping.Continual.Learners.DarkReplay;
using Zapping.Continual.Learners.Distilling;
using Zapping.Continual.Learners.Features;
using Zapping.Continual.Learners.Joint;
using Zapping.Continual.Learners.Regularizing;
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
        [nameof(LearningWithoutForgetting)] = (model, optimizer, configure) =>
            new LearningWithoutForgetting(model, optimizer, new LearningWithoutForgettingOptions { Epochs = 15, BatchSize = 7, Head = "head" }, configure),
        [nameof(ElasticWeightConsolidation)] = (model, optimizer, configure) =>
            new ElasticWeightConsolidation(model, optimizer, new ElasticWeightConsolidationOptions { Epochs = 15, BatchSize = 7, Head = "head", Strength = 3000 }, configure),
        [nameof(SynapticIntelligence)] = (model, optimizer, configure) =>
            new SynapticIntelligence(model, optimizer, new SynapticIntelligenceOptions { Epochs = 15, BatchSize = 7, Head = "head", Strength = 1 }, configure),
        [nameof(DarkExperienceReplay)] = (model, optimizer, configure) =>
            new DarkExperienceReplay(model, optimizer, new DarkExperienceReplayOptions { Epochs = 15, BatchSize = 7, Head = "head", Capacity = 40, ReplayedExamples = 14 }, configure),
        [nameof(NearestClassMean)] = (model, optimizer, configure) =>
            new NearestClassMean(model, optimizer, ExemplarMemory.Total(40, ExemplarSelection.Herding), new RehearsalOptions { Epochs = 15, BatchSize = 7, Head = "head" }, configure),
        [nameof(StreamingLda)] = (model, optimizer, configure) =>
            new StreamingLda(model, optimizer, new StreamingLdaOptions { Epochs = 15, BatchSize = 7, Head = "head", Shrinkage = 0.1 }, configure),
        [nameof(WeightAlignment)] = (model, optimizer, configure) =>
            new WeightAlignment(model, optimizer, ExemplarMemory.Total(40, ExemplarSelection.Herding), new RehearsalOptions { Epochs = 15, BatchSize = 7, Head = "head" }, configure),
    };

    public static PhasedLearner Sequential(nn.Module<Tensor, Tensor> model, optim.Optimizer optimizer, Action<ContinualTrainer>? configure) =>
        new SequentialFineTuning(model, optimizer, new LearnerOptions { Epochs = 15, BatchSize = 7, Head = "head" }, configure);

    public static PhasedLearner Joint(nn.Module<Tensor, Tensor> model, optim.Optimizer optimizer, Action<ContinualTrainer>? configure) =>
        new JointTraining(model, optimizer, new LearnerOptions { Epochs = 15, BatchSize = 7, Head = "head" }, configure);

    public static PhasedLearner Replay(nn.Module<Tensor, Tensor> model, optim.Optimizer optimizer, Action<ContinualTrainer>? configure) =>
        new ExperienceReplay(
            model, optimizer, ExemplarMemory.Total(40, ExemplarSelection.Herding), new ExperienceReplayOptions { Epochs = 15, BatchSize = 7, Head = "head", ReplayedExamples = 14 }, configure);
}
