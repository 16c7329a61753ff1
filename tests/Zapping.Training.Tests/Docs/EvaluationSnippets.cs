using FluentAssertions;
using Xunit;
using Zapping.Training.Data;
using Zapping.Training.Evaluation;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Docs;

/// <summary>The code of docs/guides/evaluation.md.</summary>
public sealed class EvaluationSnippets
{
    [Fact]
    public void One_evaluation()
    {
        using var scope = NewDisposeScope();
        using var model = Sequential(("body", Linear(8, 16)), ("relu", ReLU()), ("head", Linear(16, 10)));
        using var optimizer = optim.SGD(model.parameters(), 0.1);
        using var trainer = new ContinualTrainer(model, optimizer);
        var (testInputs, testLabels) = (randn(50, 8), randint(0, 10, [50]));

        // <evaluate>
        var result = trainer.Evaluate(testInputs, testLabels, new() { TopK = [5] });
        Console.WriteLine(result);                       // loss, accuracy and top-5, and a line for each class
        Console.WriteLine(result.ConfusionMatrix);       // true classes down, predicted classes across
        File.WriteAllText("classes.csv", result.ToCsv());
        // </evaluate>
        result.TopK(5).Should().BeGreaterThanOrEqualTo(result.Accuracy!.Value);

        // <evaluate-regression>
        var options = new EvaluationOptions { Loss = (outputs, targets) => (outputs - targets).pow(2).mean() };
        options.Metrics["mae"] = (outputs, targets) => (outputs - targets).abs().mean();
        var fit = model.Evaluate(testInputs, randn(50, 10), options);
        Console.WriteLine($"{fit.Loss:f3}, {fit.Metrics["mae"]:f3}");
        // </evaluate-regression>
        fit.Accuracy.Should().BeNull();
        File.Delete("classes.csv");
    }

    [Fact]
    public void Tasks()
    {
        using var scope = NewDisposeScope();
        using var model = Sequential(("body", Linear(8, 16)), ("relu", ReLU()), ("head", Linear(16, 6)));
        using var optimizer = optim.SGD(model.parameters(), 0.1);
        using var trainer = new ContinualTrainer(model, optimizer);
        LabeledBatch[] tests = [.. Enumerable.Range(0, 3).Select(task => new LabeledBatch(randn(20, 8), randint(2 * task, (2 * task) + 2, [20])))];
        TrainingTask[] tasks = [.. Enumerable.Range(0, 3).Select(task => new TrainingTask(new ClassExamples(2 * task, randn(5, 8)), new ClassExamples((2 * task) + 1, randn(5, 8))))];

        // <evaluate-tasks>
        var observer = new TaskMatrixObserver(new TaskEvaluator(model, tests));
        trainer.UseObserver(observer).Fit(tasks, batchSize: 16);

        var matrix = observer.Accuracies.WithTaskNames("birds", "cats", "dogs");
        Console.WriteLine(matrix);                 // after each task (down), the accuracy on each (across)
        Console.WriteLine($"{matrix.AverageAccuracy():p1}, forgotten {matrix.AverageForgetting():p1}");
        File.WriteAllText("matrix.md", matrix.ToMarkdown());
        // </evaluate-tasks>
        matrix.TaskNames.Should().Equal("birds", "cats", "dogs");
        File.Delete("matrix.md");
    }

    [Fact]
    public void By_hand()
    {
        using var scope = NewDisposeScope();
        using var body = Linear(8, 16);
        using var heads = ModuleList(Linear(16, 2), Linear(16, 3));
        using var model = Sequential(("body", body), ("first", heads[0]), ("second", heads[1]));
        LabeledBatch[] tests = [new(randn(20, 8), randint(0, 2, [20])), new(randn(20, 8), randint(0, 3, [20]))];

        // <evaluate-heads>
        var evaluator = new TaskEvaluator(model, (task, inputs) => heads[task].call(body.call(inputs)), tests);
        var scores = evaluator.Evaluate();
        // </evaluate-heads>

        // <evaluate-builder>
        var builder = new AccuracyMatrixBuilder(["birds", "cats"]);
        builder.Add(evaluation: 0, task: 0, accuracy: scores.Accuracies[0]); // after birds; cats were not looked at
        builder.Add(evaluation: 1, task: 0, accuracy: 0.7).Add(evaluation: 1, task: 1, accuracy: 0.9);
        Console.WriteLine(builder.Build());
        // </evaluate-builder>
        builder.Build()[0, 1].Should().Be(double.NaN);
    }
}
