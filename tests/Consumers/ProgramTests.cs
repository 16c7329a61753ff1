using Consumers.Programs;
using FluentAssertions;
using TorchSharp;
using Xunit;
using Zapping.Training;
using Zapping.Training.Parameters;
using Zapping.Training.Tests.Shared;

namespace Consumers;

/// <summary>Each program does what it says, and does not only run.</summary>
[Collection(AloneCollection.Name)]
public sealed class ProgramTests : IDisposable
{
    private readonly ITestOutputHelper _log;
    private readonly StringWriter _output = new();

    public ProgramTests(ITestOutputHelper log)
    {
        _log = log;
        torch.set_num_threads(1); // nets as small as these are computed sooner than threads meet
    }

    public void Dispose() => _log.WriteLine(_output.ToString());

    [Fact]
    public void Quickstart_learns_the_class()
    {
        var (summary, accuracy) = Quickstart.Run(_output);

        summary.Steps.Should().Be(20);
        summary.LastLoss.Should().BeLessThan(0.01);
        accuracy.Should().Be(1, "there is no other class yet");
        _output.ToString().Should().StartWith("20 steps, 20 examples, mean loss 0.");
    }

    [Fact]
    public void Resnet_stops_early_and_keeps_its_best_epoch()
    {
        var (accuracies, summary, kept) = Resnet.Run(_output);

        summary.IsStopped.Should().BeTrue();
        summary.Steps.Should().Be(20 * accuracies.Count);
        accuracies.ToList().IndexOf(accuracies.Max()).Should().Be(accuracies.Count - 3, "two epochs were no better");
        kept.Should().Be(accuracies.Max()).And.BeGreaterThan(0.8, "chance is 1 in 5");
        accuracies[^1].Should().BeLessThanOrEqualTo(kept);
        _output.ToString().Should().Contain("EpochBoundary 1: fc.weight, fc.bias").And.NotContain("EpochBoundary 0");
    }

    [Fact]
    public void Text_needs_replay()
    {
        var (without, with) = (TextIncremental.Run(_output, replay: false), TextIncremental.Run(_output, replay: true));

        without[3, 0].Should().BeLessThan(0.1, "nothing of the first task is seen again");
        with.AverageAccuracy().Should().BeGreaterThan(without.AverageAccuracy() + 0.3);
    }

    [Fact]
    public void Own_loop_learns_and_resets_where_it_can_recover()
    {
        var (accuracies, rate, resets) = OwnLoop.Run(_output);

        accuracies.Should().HaveCount(6).And.OnlyContain(accuracy => accuracy > 0.6, "chance is 1 in 6");
        accuracies[^1].Should().BeGreaterThan(accuracies[2], "the last epochs have no reset");
        rate.Should().BeApproximately(0, 1e-12, "the cosine has come to its end");
        resets.Should().Be(new ZapSchedulerState(6, 3));
    }

    [Fact]
    public void Heads_of_other_tasks_stay()
    {
        var matrix = MultiHead.Run(_output);

        matrix.AverageAccuracy().Should().BeGreaterThan(0.9);
        double.IsNaN(matrix[0, 1]).Should().BeTrue("there is no such head yet");
        matrix.TaskNames.Should().Equal("cats", "dogs", "birds");
        _output.ToString().Should().Contain("TaskBoundary 2 (classes 0, 1, 2, 3, 4): heads.birds.weight, heads.birds.bias");
    }

    [Fact]
    public void Two_inputs_are_better_than_one()
    {
        var (accuracy, resets) = TwoInputs.Run(_output);

        accuracy.Should().BeGreaterThan(0.8, "chance is 1 in 5");
        resets.Should().Be(2, "of eight epochs 3 and 6");
    }

    [Fact]
    public async Task Predictions_never_fail_while_classes_arrive()
    {
        var (served, failures, right, version) = await Serving.Run(_output);

        failures.Should().BeEmpty();
        served.Should().BePositive();
        right.Should().BeGreaterThan(120, "of 160, and chance is 20");
        version.Should().Be(8);
    }

    [Fact]
    public void Evaluation_says_the_same_in_all_its_tables()
    {
        var (matrix, results) = Evaluation.Run(_output);

        results.Should().HaveCount(5);
        for (var task = 0; task < 5; task++)
        {
            matrix.AverageAccuracy(task).Should().BeLessThanOrEqualTo(1);
            results[task].Accuracy.Should().BeApproximately(Enumerable.Range(0, 5).Average(column => matrix[task, column]), 1e-9, "all tasks have as many examples");
            matrix[task, task].Should().BeGreaterThan(0.9, "it has just been learned");
        }

        var confusion = results[^1].ConfusionMatrix!;
        results[^1].PerClass!.Should().OnlyContain(score => score.Hits == confusion[score.ClassId, score.ClassId] && score.Examples == 40);
        results[^1].TopK(3).Should().BeGreaterThan(results[^1].Accuracy!.Value);
        matrix.AverageForgetting().Should().BeGreaterThan(0.1, "nothing is replayed");
        _output.ToString().Should().Contain("oak and pine").And.Contain("true");
    }

    [Fact]
    public void Streams_come_as_files_do()
    {
        var path = Path.GetTempFileName();
        try
        {
            var (shuffled, prefetched, streamed) = Streaming.Run(_output, path);

            shuffled.Should().Be(prefetched, "another thread makes the same batches");
            shuffled.Should().BeEquivalentTo(new { Steps = 120, Examples = 6000 });
            shuffled.LastLoss.Should().BeLessThan(shuffled.MeanLoss);
            streamed.Should().BeEquivalentTo(new { Steps = 40, Examples = 2000 });
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Small_convolutions_and_recurrences_learn_under_both_resets()
    {
        var (lenet, gru) = LeNetGru.Run(_output);

        lenet.Should().BeGreaterThan(0.5, "chance is 1 in 10");
        gru.Should().BeGreaterThan(0.3);
        _output.ToString().Should().Contain("ZapPolicy at EpochBoundary 3").And.Contain("ReDoPolicy at StepBoundary 60");
    }

    [Fact]
    public void The_worst_classes_are_drawn_anew()
    {
        var (scores, resets) = LowestAccuracy.Run(_output);

        resets.Should().HaveCount(4);
        for (var reset = 0; reset < 4; reset++)
        {
            var rows = scores[reset].OrderBy(score => score.Accuracy).Take(2).Select(score => score.ClassId);
            resets[reset].Slice.ToString().Should().Be(ParameterSlice.Rows([.. rows]).ToString());
        }

        scores[^1].Average(score => score.Accuracy).Should().BeGreaterThan(0.6, "chance is 1 in 8");
    }

    [Fact]
    public void Losses_take_labels_of_all_kinds_but_int32()
    {
        var (tagsRight, results, refusal) = Losses.Run(_output);

        tagsRight.Should().BeGreaterThan(0.85, "chance is 1 in 2");
        results.Should().HaveCount(4).And.OnlyContain(entry => entry.Value.Accuracy > 0.7, "chance is 1 in 6");
        double Last3(string name) => results[name].PerClass!.Where(score => score.ClassId >= 3).Average(score => score.Accuracy);
        Last3("class weights").Should().BeGreaterThan(Last3("int32, converted"), "these classes count twice");
        refusal.Should().Contain("Int32").And.Contain("labels.to(ScalarType.Int64)");
    }

    [Fact]
    public void Replay_keeps_what_resets_do_not()
    {
        double Of(bool zap, bool replay, bool distill) => Replay.Run(_output, zap, replay, distill);
        var (bare, zapped, replayed) = (Of(false, false, false), Of(true, false, false), Of(false, true, false));

        replayed.Should().BeGreaterThan(bare + 0.1).And.BeGreaterThan(zapped + 0.1);
        Of(true, true, false).Should().BeGreaterThan(bare + 0.1);
        Of(false, true, true).Should().BeGreaterThan(replayed - 0.05, "distillation does not harm");
        Of(false, false, true).Should().BeGreaterThan(bare);
        Of(true, true, true).Should().BeGreaterThan(bare + 0.1);
    }

    [Fact]
    public void Labels_that_change_are_learned_sooner_after_resets()
    {
        var (none, published, recommended) = (LabelPermuted.Run(_output, null), LabelPermuted.Run(_output, ZapOptions.Published), LabelPermuted.Run(_output, ZapOptions.Recommended));

        new[] { published[0], recommended[0] }.Should().AllBeEquivalentTo(none[0], "the first task has no reset");
        published[^1].Should().BeGreaterThan(none[^1]);
        recommended[^1].Should().BeGreaterThan(none[^1] + 0.1);
    }

    [Fact]
    public void Plasticity_is_lost_without_a_cure()
    {
        var results = Plasticity.Run(_output, tasks: 12, stepsPerTask: 100);

        results.Values.Should().OnlyContain(result => result.FirstLoss < 0.02, "every method fits the first task; the targets' variance is 1");
        string[] lost = ["backpropagation", "head reset"];
        results.Where(result => lost.Contains(result.Key, StringComparer.Ordinal)).Should().OnlyContain(result => result.Value.LastLoss > 0.1 && result.Value.Dead > 0.5);
        results.Where(result => !lost.Contains(result.Key, StringComparer.Ordinal)).Should().HaveCount(4).And.OnlyContain(result => result.Value.LastLoss < 0.1);
    }
}
