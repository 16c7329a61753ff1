using TorchSharp.Modules;
using Zapping.Training.Data;
using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training.Transfer;

/// <summary>Learns a task's classes one after another, each support example once.</summary>
internal abstract class ClassLearner : IDisposable
{
    /// <summary>Steps made.</summary>
    public abstract long Steps { get; }

    /// <summary>The fastest learner that does what the options say.</summary>
    public static ClassLearner For(TransferSession session, SequentialTransferOptions options) =>
        session.Model is Linear head && options is { BatchSize: 1, Optimizer: null } && RankOneAdam.CanLearn(head, session.Support)
            ? new RankOneLearner(session, head, options)
            : new TrainerLearner(session, options);

    public abstract void Learn(int position);

    public abstract void Dispose();

    private sealed class TrainerLearner : ClassLearner
    {
        private readonly TransferSession _session;
        private readonly int _batchSize;
        private readonly optim.Optimizer _optimizer;
        private readonly ContinualTrainer _trainer;

        public TrainerLearner(TransferSession session, SequentialTransferOptions options)
        {
            _session = session;
            _batchSize = options.BatchSize;
            _optimizer = session.CreateOptimizer(options);
            _trainer = new ContinualTrainer(session.Model, _optimizer, session.Loss);
        }

        public override long Steps => _trainer.State.Steps;

        public override void Learn(int position)
        {
            var examples = _session.Task.SupportExamples;
            using var inputs = _session.Support.narrow(0, position * (long)examples, examples);
            _trainer.Fit([new TrainingTask(new ClassExamples(position, inputs))], _batchSize);
        }

        public override void Dispose()
        {
            _trainer.Dispose();
            _optimizer.Dispose();
        }
    }

    private sealed class RankOneLearner(TransferSession session, Linear head, SequentialTransferOptions options) : ClassLearner
    {
        private readonly RankOneAdam _adam = new(
            head, options.ClassMask == ClassMask.Task ? session.Task.ClassCount : (int)head.weight.size(0), options.LearningRate);

        public override long Steps => _adam.Steps;

        public override void Learn(int position)
        {
            var examples = session.Task.SupportExamples;
            _adam.Learn(session.Support, position * examples, examples, position);
        }

        public override void Dispose()
        {
            _adam.Dispose();
            TensorMemory.BumpVersionCounter(head.weight);
            TensorMemory.BumpVersionCounter(head.bias!);
        }
    }
}
