using FluentAssertions;
using Xunit;
using Zapping.Training.Data;
using Zapping.Training.Evaluation;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Evaluation;

public sealed class TaskHeadTests
{
    [Fact]
    public void Every_task_may_have_a_head_of_its_own()
    {
        using var scope = NewDisposeScope();
        using var body = Linear(4, 3);
        using var heads = ModuleList(Linear(3, 2), Linear(3, 5));
        using var model = Sequential(("body", body), ("heads", Sequential(("0", heads[0]), ("1", heads[1]))));
        LabeledBatch[] tasks = [new(randn(20, 4), randint(0, 2, [20])), new(randn(30, 4), randint(0, 5, [30]))];
        var evaluator = new TaskEvaluator(model, (task, inputs) => heads[task].call(body.call(inputs)), tasks, batchSize: 7);

        var scores = evaluator.Evaluate();

        for (var task = 0; task < 2; task++)
        {
            var outputs = heads[task].call(body.call(tasks[task].Inputs));
            scores.Accuracies[task].Should().BeApproximately(outputs.argmax(1).eq(tasks[task].Labels).to(ScalarType.Float64).mean().item<double>(), 1e-12);
            scores.Losses[task].Should().BeApproximately(functional.cross_entropy(outputs, tasks[task].Labels).item<float>(), 1e-5);
        }
    }
}
