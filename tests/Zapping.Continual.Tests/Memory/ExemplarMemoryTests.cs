using FluentAssertions;
using Xunit;
using Zapping.Continual.Memory;
using Zapping.Continual.Tasks;
using static TorchSharp.torch;

namespace Zapping.Continual.Tests.Memory;

public sealed class ExemplarMemoryTests
{
    [Fact]
    public void Herding_chooses_as_computed_by_hand()
    {
        using var scope = NewDisposeScope();
        using var memory = ExemplarMemory.PerClass(4, ExemplarSelection.Herding);

        memory.Update(Angles(0, 90, 40, 60), inputs => inputs.clone());

        AnglesOf(memory).Should().Equal(40, 60, 0, 90);
    }

    [Fact]
    public void The_closest_to_the_mean_come_first()
    {
        using var scope = NewDisposeScope();
        using var memory = ExemplarMemory.PerClass(3, ExemplarSelection.ClosestToMean);

        memory.Update(Angles(0, 90, 40, 60), inputs => inputs.clone()); // the mean is at 47.5 degrees

        AnglesOf(memory).Should().Equal(40, 60, 90);
    }

    [Fact]
    public void A_fixed_total_is_divided_among_the_classes_and_keeps_prefixes()
    {
        using var scope = NewDisposeScope();
        using var memory = ExemplarMemory.Total(8, ExemplarSelection.Herding);
        var tasks = TaskSplit.Of(Toy.Data(classes: 6, perClass: 6), 2, 2, seed: null);
        var earlier = new Dictionary<int, float[]>();
        foreach (var (task, most) in tasks.Zip([4, 2, 1]))
        {
            memory.Update(task, inputs => inputs.clone());
            foreach (var id in memory.Classes)
            {
                var own = Rows(memory, id);
                own.Should().HaveCount(most * 4, $"there are {most} examples of 4 inputs");
                if (earlier.TryGetValue(id, out var before))
                {
                    own.Should().Equal(before[..own.Length]);
                }

                earlier[id] = own;
            }
        }

        memory.Classes.Should().Equal(0, 1, 2, 3, 4, 5);
    }

    [Fact]
    public void A_number_of_each_class_grows_with_the_classes()
    {
        using var scope = NewDisposeScope();
        using var memory = ExemplarMemory.PerClass(5, ExemplarSelection.Random, seed: 3);
        foreach (var task in TaskSplit.Of(Toy.Data(classes: 4, perClass: 3), 2, 2, seed: null))
        {
            memory.Update(task);
        }

        memory.Count.Should().Be(12, "there are but three examples of each class");
        MemorySize.Of(memory).Should().Be((12 * ((4 * 4) + 8)) + 8);
    }

    [Fact]
    public void A_reservoir_has_each_example_equally_often()
    {
        using var scope = NewDisposeScope();
        var data = Toy.Data(classes: 4, perClass: 5);
        var times = new int[4];
        for (var seed = 0UL; seed < 400; seed++)
        {
            using var memory = ExemplarMemory.Total(4, ExemplarSelection.Reservoir, seed);
            foreach (var task in TaskSplit.Of(data, 1, 1, seed: null))
            {
                memory.Update(task);
            }

            foreach (var id in memory.Data.Labels.data<long>().ToArray())
            {
                times[id]++;
            }
        }

        times.Should().OnlyContain(count => Math.Abs(count - 400) < 80, "each class is a quarter of the examples, and 80 is about four standard deviations");
    }

    [Fact]
    public void What_is_saved_comes_back_in_bits_and_goes_on_alike()
    {
        using var scope = NewDisposeScope();
        var tasks = TaskSplit.Of(Toy.Data(classes: 6, perClass: 6), 2, 2, seed: null);
        foreach (var selection in Enum.GetValues<ExemplarSelection>())
        {
            using var whole = ExemplarMemory.Total(7, selection, 1);
            using var resumed = ExemplarMemory.Total(7, selection, 1);
            whole.Update(tasks[0], inputs => inputs.clone());
            resumed.Load(whole.Save().ToDictionary(own => own.Key, own => own.Value, StringComparer.Ordinal));
            whole.Update(tasks[1], inputs => inputs.clone());
            resumed.Update(tasks[1], inputs => inputs.clone());

            resumed.Data.Inputs.data<float>().ToArray().Should().Equal(whole.Data.Inputs.data<float>().ToArray());
            resumed.Sample(3, 9).Labels.data<long>().ToArray().Should().Equal(whole.Sample(3, 9).Labels.data<long>().ToArray());
        }
    }

    [Fact]
    public void Features_that_are_not_finite_change_nothing()
    {
        using var scope = NewDisposeScope();
        using var memory = ExemplarMemory.PerClass(2, ExemplarSelection.Herding);

        memory.Invoking(own => own.Update(Angles(0, 90), inputs => full_like(inputs, float.NaN))).Should().Throw<ArgumentException>().WithMessage("Features of class 0 (2 examples) are NaN or infinite*");
        memory.Invoking(own => own.Update(Angles(0, 90))).Should().Throw<ArgumentException>().WithMessage("Herding looks at features*");
        memory.Count.Should().Be(0);
    }

    private static IncrementalTask Angles(params int[] degrees)
    {
        var radians = tensor(degrees.Select(own => own * Math.PI / 180).ToArray());
        return new IncrementalTask(0, [0], new(stack([radians.cos(), radians.sin()], 1), zeros(degrees.Length, ScalarType.Int64)));
    }

    private static IEnumerable<int> AnglesOf(ExemplarMemory memory) =>
        atan2(memory.Data.Inputs[TensorIndex.Colon, 1], memory.Data.Inputs[TensorIndex.Colon, 0]).data<double>().ToArray().Select(own => (int)Math.Round(own * 180 / Math.PI));

    private static float[] Rows(ExemplarMemory memory, int id) => memory.Data.Inputs[memory.Data.Labels.eq(id)].data<float>().ToArray();
}
