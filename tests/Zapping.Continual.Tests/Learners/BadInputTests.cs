using FluentAssertions;
using Xunit;
using Zapping.Continual.Learners;
using Zapping.Continual.Learners.DarkReplay;
using Zapping.Continual.Learners.Replay;
using Zapping.Continual.Learners.Sequential;
using Zapping.Continual.Memory;
using Zapping.Continual.Tasks;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;

namespace Zapping.Continual.Tests.Learners;

/// <summary>What cannot be learned is refused by name, and nothing is half learned.</summary>
[Collection(AloneCollection.Name)]
public sealed class BadInputTests
{
    [Fact]
    public void Tasks_that_cannot_be_learned_change_nothing()
    {
        using var scope = NewDisposeScope();
        using var model = Toy.Network();
        using var optimizer = optim.SGD(model.parameters(), 0.1);
        using var learner = new SequentialFineTuning(model, optimizer, new LearnerOptions { Head = "head", Epochs = 1 });
        learner.Learn(Task(0, 0, 1));
        var bits = Toy.Bits(model);

        (IncrementalTask Task, string Message)[] bad =
        [
            (Task(1, 2, 1), "Class 1 of task 1 has come before*"),
            (Task(2, 2, 3), "Task 2 does not come now: the learner has learned 1 tasks*"),
            (Task(1, 2, 3) with { Classes = [] }, "Task 1 has no classes*"),
            (Task(1, 2, 3) with { Classes = [2, 3, 4] }, "Class 4 of task 1 has no example*"),
            (Task(1, 2, 3) with { Classes = [2] }, "Task 1 has examples of class 3*"),
            (Task(1, 2, 3) with { Data = new(zeros(0, 4), zeros(0, ScalarType.Int64)) }, "Task 1 has no examples*"),
            (Task(1, 2, 3) with { Data = new(zeros(2, 4), zeros(3, ScalarType.Int64)) }, "Examples are inputs [n, …] and labels*"),
        ];
        foreach (var (task, message) in bad)
        {
            learner.Invoking(own => own.Learn(task)).Should().Throw<ArgumentException>().WithMessage(message);
        }

        Toy.Bits(model).Should().Equal(bits);
        learner.Trainer.State.Tasks.Should().Be(1);
        learner.LearnedClasses.Should().Equal(0, 1);
        learner.Learn(Task(1, 2, 3));
        learner.LearnedClasses.Should().Equal(0, 1, 2, 3);
    }

    [Fact]
    public void A_memory_smaller_than_the_classes_is_refused_before_the_task_begins()
    {
        using var scope = NewDisposeScope();
        using var model = Toy.Network();
        using var optimizer = optim.SGD(model.parameters(), 0.1);
        using var learner = new ExperienceReplay(model, optimizer, ExemplarMemory.Total(3, ExemplarSelection.Random), new ExperienceReplayOptions { Head = "head", Epochs = 1 });
        learner.Learn(Task(0, 0, 1));

        learner.Invoking(own => own.Learn(Task(1, 2, 3))).Should().Throw<ArgumentException>().WithMessage("With task 1 there are 4 classes, and the memory has room for 3 examples*");
        learner.Trainer.State.Tasks.Should().Be(1);
        learner.Memory.Classes.Should().Equal(0, 1);
    }

    [Fact]
    public void A_class_without_a_unit_is_refused_where_the_classifier_does_not_grow()
    {
        using var scope = NewDisposeScope();
        using var model = Toy.Network(units: 3);
        using var optimizer = optim.SGD(model.parameters(), 0.1);
        using var learner = new DarkExperienceReplay(model, optimizer, new DarkExperienceReplayOptions { Head = "head" });

        learner.Invoking(own => own.Learn(Task(0, 2, 3))).Should().Throw<ArgumentException>().WithMessage("Class 3 of task 0 has no unit: the classifier has 3*");
    }

    private static IncrementalTask Task(int index, params int[] classes)
    {
        var data = TaskSplit.Of(Toy.Data(classes: 6, perClass: 3), [classes])[0];
        return data with { Index = index };
    }
}
