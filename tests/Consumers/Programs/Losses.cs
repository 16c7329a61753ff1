using Zapping.Training;
using Zapping.Training.Data;
using Zapping.Training.Evaluation;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static Zapping.Training.BoundaryKind;

namespace Consumers.Programs;

/// <summary>Several tags at once, weighted classes, smoothed and soft labels, and labels of a type that the loss does not take.</summary>
public static class Losses
{
    private const int Tags = 6;

    public static (double TagsRight, IReadOnlyDictionary<string, EvaluationResult> Results, string Refusal) Run(TextWriter output)
    {
        random.manual_seed(1);
        var inputs = randn(600, 20);
        var scores = inputs.matmul(randn(20, Tags));
        var (tags, labels, soft) = ((scores > 0).to(float32), scores.argmax(1), functional.softmax(scores, 1));
        var weight = tensor([1f, 1, 1, 2, 2, 2]);

        var perTag = new EvaluationOptions();
        perTag.Metrics["right"] = (outputs, targets) => (outputs > 0).eq(targets > 0.5).to(float32).mean();
        var multiLabel = Train(tags, (outputs, targets) => functional.binary_cross_entropy_with_logits(outputs, targets), tags, perTag);
        var results = new Dictionary<string, EvaluationResult>
        {
            ["class weights"] = Train(labels, (outputs, targets) => functional.cross_entropy(outputs, targets, weight), labels),
            ["label smoothing"] = Train(labels, (outputs, targets) => functional.cross_entropy(outputs, targets, label_smoothing: 0.1), labels),
            ["soft labels"] = Train(soft, null, labels),
            ["int32, converted"] = Train(labels.to(int32).to(int64), null, labels),
        };
        var refusal = "";
        try
        {
            Train(labels.to(int32), null, labels);
        }
        catch (ArgumentException e)
        {
            refusal = e.Message;
        }

        output.WriteLine($"tags: {multiLabel.Metrics["right"]:p1} right\n{string.Join('\n', results.Select(own => $"{own.Key}: {own.Value.Accuracy:p1}"))}\n{refusal}");
        return (multiLabel.Metrics["right"], results, refusal);

        EvaluationResult Train(Tensor targets, Func<Tensor, Tensor, Tensor>? loss, Tensor truth, EvaluationOptions? options = null)
        {
            random.manual_seed(2);
            using var model = Sequential(("body", Linear(20, 64)), ("relu", ReLU()), ("head", Linear(64, Tags)));
            using var optimizer = optim.Adam(model.parameters(), 3e-3);
            using var trainer = new ContinualTrainer(model, optimizer, loss).UseZapping(every: new(EpochBoundary) { Period = 3, SkipFirst = true }, zap => zap.Head = "head");
            trainer.Fit(new ShuffledBatches(inputs, targets, batchSize: 30), epochs: 6);
            return trainer.Evaluate(inputs, truth, options);
        }
    }
}
