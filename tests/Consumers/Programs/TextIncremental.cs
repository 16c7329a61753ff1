using TorchSharp.Modules;
using Zapping.Training;
using Zapping.Training.Data;
using Zapping.Training.Evaluation;
using Zapping.Training.Rehearsal;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static Zapping.Training.BoundaryKind;

namespace Consumers.Programs;

/// <summary>Topics of texts arrive three by three: the head grows, and examples of before are replayed.</summary>
public static class TextIncremental
{
    private const int Tasks = 4, TopicsPerTask = 3, Words = 200;

    public static AccuracyMatrix Run(TextWriter output, bool replay)
    {
        random.manual_seed(1);
        var favorites = randint(0, Words, [Tasks * TopicsPerTask, 8]);
        var (train, test) = (Texts(perTopic: 40), Texts(perTopic: 15));
        using var model = new Classifier(TopicsPerTask);
        using var optimizer = optim.Adam(model.parameters(), 2e-3);
        var matrix = new TaskMatrixObserver(new TaskEvaluator(model, test));
        using var buffer = new ReservoirBuffer(200);
        using var trainer = new ContinualTrainer(model, optimizer).UseGrowingHead("head").UseZapping(every: TaskBoundary, zap => zap.Head = "head").UseObserver(matrix);
        if (replay)
        {
            trainer.UseReplay(buffer);
        }

        trainer.Fit(train.Select(task => new Experience(new ShuffledBatches(task.Inputs, task.Labels, batchSize: 16), epochs: 8)));
        output.WriteLine($"{matrix.Accuracies}\naverage {matrix.Accuracies.AverageAccuracy():p1}, forgotten {matrix.Accuracies.AverageForgetting():p1}");
        return matrix.Accuracies;

        LabeledBatch[] Texts(int perTopic) => [.. from task in Enumerable.Range(0, Tasks) select Draw((arange(perTopic * TopicsPerTask) % TopicsPerTask) + (task * TopicsPerTask))];

        LabeledBatch Draw(Tensor topics)
        {
            var any = randint(0, Words, [topics.shape[0], 20]);
            var favorite = favorites[topics].gather(1, randint(0, 8, [topics.shape[0], 20]));
            return new(where(rand(topics.shape[0], 20) < 0.4, favorite, any), topics);
        }
    }

    private sealed class Classifier : Module<Tensor, Tensor>
    {
        private readonly Embedding embedding = Embedding(Words, 32);
        private readonly LSTM lstm = LSTM(32, 48, batchFirst: true);
        private readonly Linear head;

        public Classifier(int topics)
            : base(nameof(Classifier))
        {
            head = Linear(48, topics);
            RegisterComponents();
        }

        public override Tensor forward(Tensor words) => head.call(lstm.call(embedding.call(words)).Item2[0]);
    }
}
