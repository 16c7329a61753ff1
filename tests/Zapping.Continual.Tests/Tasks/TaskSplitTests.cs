using FluentAssertions;
using Xunit;
using Zapping.Continual.Tasks;
using static TorchSharp.torch;

namespace Zapping.Continual.Tests.Tasks;

public sealed class TaskSplitTests
{
    [Fact]
    public void Equal_tasks_have_all_classes_once_and_their_examples()
    {
        using var scope = NewDisposeScope();
        var tasks = TaskSplit.Of(Toy.Data(classes: 7, perClass: 3), firstClasses: 2, classesPerTask: 2, seed: 5);

        tasks.Select(task => task.Classes.Count).Should().Equal(2, 2, 2, 1);
        tasks.SelectMany(task => task.Classes).Should().BeEquivalentTo(Enumerable.Range(0, 7)).And.NotBeInAscendingOrder();
        foreach (var task in tasks)
        {
            task.Data.Labels.data<long>().ToArray().Select(id => (int)id).Distinct().Should().BeEquivalentTo(task.Classes);
            task.Data.Count.Should().Be(3 * task.Classes.Count);
        }
    }

    [Fact]
    public void Half_of_the_classes_may_come_first_and_the_order_may_be_that_of_the_ids()
    {
        using var scope = NewDisposeScope();
        var tasks = TaskSplit.Of(Toy.Data(classes: 8, perClass: 1), firstClasses: 4, classesPerTask: 2, seed: null);

        tasks.Select(task => string.Join(",", task.Classes)).Should().Equal("0,1,2,3", "4,5", "6,7");
    }

    [Fact]
    public void Equal_seeds_give_equal_orders_and_others_others()
    {
        using var scope = NewDisposeScope();
        var data = Toy.Data(classes: 20, perClass: 1);
        int[] Order(ulong seed) => [.. TaskSplit.Of(data, 5, 5, seed).SelectMany(task => task.Classes)];

        Order(1).Should().Equal(Order(1)).And.NotEqual(Order(2));
    }

    [Fact]
    public void A_class_in_two_tasks_a_task_without_classes_and_a_class_without_examples_are_refused()
    {
        using var scope = NewDisposeScope();
        var data = Toy.Data(classes: 4, perClass: 2);

        FluentActions.Invoking(() => TaskSplit.Of(data, [0, 1], [2, 1])).Should().Throw<ArgumentException>().WithMessage("Class 1 comes in task 0 and again in task 1*");
        FluentActions.Invoking(() => TaskSplit.Of(data, [0, 1], [])).Should().Throw<ArgumentException>().WithMessage("Task 1 has no classes*");
        FluentActions.Invoking(() => TaskSplit.Of(data, [0, 9])).Should().Throw<ArgumentException>().WithMessage("Class 9 of task 0 has no example*");
        FluentActions.Invoking(() => TaskSplit.Of(data, 5, 1, 0)).Should().Throw<ArgumentException>().WithMessage("The data have 4 classes*");
    }
}
