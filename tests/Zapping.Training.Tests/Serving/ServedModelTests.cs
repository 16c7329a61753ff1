using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.Heads;
using Zapping.Training.Serving;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Serving;

[Collection(AloneCollection.Name)] // counts live tensors, and looks at the global random generator
public sealed class ServedModelTests
{
    [Fact]
    public void What_is_published_is_a_copy_in_eval_mode()
    {
        using var scope = NewDisposeScope();
        using var net = new Net(3);
        using var served = new ServedModel<Net>(() => new Net(3));
        net.train();
        var inputs = randn(5, 4);

        served.Publish(net).Should().Be(1);

        using (no_grad())
        {
            net.eval();
            Nets.Bits(served.Predict(inputs)).Should().Equal(Nets.Bits(net.call(inputs)));
            net.Head.weight.zero_();
            Nets.Bits(served.Predict(inputs)).Should().NotEqual(Nets.Bits(net.call(inputs)), "it is a copy");
        }

        served.Use(model => model.training).Should().BeFalse();
        served.Use(model => model.parameters().Any(parameter => parameter.requires_grad)).Should().BeFalse();
        served.Use(model => model.named_buffers().Single(buffer => buffer.name == "norm.running_mean").buffer).Should().NotBeNull();
        served.Publish(net).Should().Be(2);
        Nets.Bits(served.Predict(inputs)).Should().Equal(Nets.Bits(net.call(inputs)));
        served.Use((_, version) => version).Should().Be(2);
        served.Version.Should().Be(2);
    }

    [Fact]
    public void Before_the_first_model_and_after_the_last_it_says_so()
    {
        using var scope = NewDisposeScope();
        using var net = new Net(3);
        var served = new ServedModel<Net>(() => new Net(3));
        served.Version.Should().Be(0);
        served.Invoking(s => s.Predict(zeros(1, 4))).Should().Throw<InvalidOperationException>().WithMessage("No Net has been published yet*Publish*");
        served.Publish(net);
        served.Dispose();
        served.Dispose();
        served.Version.Should().Be(1);
        served.Invoking(s => s.Predict(zeros(1, 4))).Should().Throw<ObjectDisposedException>();
        served.Invoking(s => s.Publish(net)).Should().Throw<ObjectDisposedException>();
    }

    [Fact]
    public void A_model_that_does_not_fit_is_not_published_and_the_old_one_stays()
    {
        using var scope = NewDisposeScope();
        using var net = new Net(3);
        using var served = new ServedModel<Net>(() => new Net(3));
        served.Publish(net);
        HeadGrowth.Grow(net, "head", 5, []);
        served.Predict(zeros(1, 4));
        var live = LiveTensors.BeforeTest();

        served.Invoking(s => s.Publish(net)).Should().Throw<InvalidOperationException>().Which.Message.Should().Be(
            "The model that the factory made does not fit the trained one, and was not published:\n"
            + "- 'head.weight' is Float32 [5, 6] in the trained model, and Float32 [3, 6] in the copy\n- 'head.bias' is Float32 [5] in the trained model, and Float32 [3] in the copy\n"
            + "The head has grown: have the factory make as many units as the trained model has, by new ServedModel<…>(trained => …), or set ServedModelOptions.Head, and the copy's head grows too.");

        Tensor.TotalCount.Should().Be(live + LeftOfANewNet(), "no model is left");
        served.Version.Should().Be(1);
        using var outputs = served.Predict(zeros(1, 4));
        outputs.shape.Should().Equal(1, 3);
    }

    [Fact]
    public void A_grown_head_is_made_by_the_factory_or_grows_by_itself()
    {
        using var scope = NewDisposeScope();
        using var net = new Net(3);
        using var fitted = new ServedModel<Net>(trained => new Net((int)trained.Head.out_features));
        using var growing = new ServedModel<Net>(() => new Net(3), new() { Head = "head" });
        HeadGrowth.Grow(net, "head", 7, []);

        fitted.Publish(net);
        growing.Publish(net);

        var inputs = randn(2, 4);
        Nets.Bits(fitted.Predict(inputs)).Should().Equal(Nets.Bits(growing.Predict(inputs)));
        growing.Predict(inputs).shape.Should().Equal(2, 7);
        growing.Use(model => model.Head.out_features).Should().Be(7);
    }

    [Fact]
    public void A_factory_that_makes_no_model_of_its_own_is_refused()
    {
        using var scope = NewDisposeScope();
        using var net = new Net(3);
        var again = new Net(3);
        using var same = new ServedModel<Net>(trained => trained);
        using var once = new ServedModel<Net>(() => again);
        using var sharing = new ServedModel<Sequential>(trained => Sequential(trained.named_children().Select(child => (child.name, (Module<Tensor, Tensor>)child.module))));
        using var nothing = new ServedModel<Net>(() => null!);

        same.Invoking(s => s.Publish(net)).Should().Throw<InvalidOperationException>().WithMessage("*returned the trained model itself*");
        once.Publish(net);
        once.Invoking(s => s.Publish(net)).Should().Throw<InvalidOperationException>().WithMessage("*a model that it had made before*");
        using var sequential = Sequential(("head", Linear(4, 3)));
        sharing.Invoking(s => s.Publish(sequential)).Should().Throw<InvalidOperationException>().WithMessage("*'head.weight' is that of the trained model*");
        nothing.Invoking(s => s.Publish(net)).Should().Throw<InvalidOperationException>().WithMessage("*returned null*");
        net.Head.weight.IsInvalid.Should().BeFalse();
        sequential.call(zeros(1, 4)).shape.Should().Equal(1, 3);
    }

    [Fact]
    public void Publishing_draws_no_random_numbers()
    {
        using var scope = NewDisposeScope();
        using var net = new Net(3);
        using var served = new ServedModel<Net>(() => new Net(3), new() { Head = "head" });
        random.manual_seed(5);
        var expected = randn(3).data<float>().ToArray();
        random.manual_seed(5);
        served.Publish(net);
        randn(3).data<float>().ToArray().Should().Equal(expected);
    }

    [Fact]
    public void An_old_copy_lives_for_as_long_as_it_is_used()
    {
        using var scope = NewDisposeScope();
        using var net = new Net(3);
        using var served = new ServedModel<Net>(() => new Net(3));
        served.Publish(net);
        Net? old = null;

        served.Use(model =>
        {
            old = model;
            served.Publish(net);
            served.Publish(net);
            model.Head.weight.IsInvalid.Should().BeFalse();
            return model.call(zeros(1, 4)).shape;
        }).Should().Equal(1, 3);

        old!.Invoking(model => model.Head.weight.sum()).Should().Throw<Exception>("it was disposed of when it was given back");
    }

    [Fact]
    public void Copies_outlive_the_scope_in_which_they_are_published_and_nothing_else_is_left()
    {
        using var net = new Net(3);
        using var inputs = randn(2, 4);
        using var served = new ServedModel<Net>(() => new Net(3));
        served.Publish(net);
        served.Predict(inputs).Dispose();
        var live = LiveTensors.BeforeTest();

        for (var i = 0; i < 5; i++)
        {
            using var step = NewDisposeScope();
            served.Publish(net);
        }

        served.Predict(inputs).Dispose();
        var (first, second) = served.Use(model => (model.call(inputs), model.call(inputs) * 2));
        first.Dispose();
        second.Dispose();
        foreach (var several in served.Use(model => new[] { model.call(inputs), inputs })[..1])
        {
            several.Dispose();
        }

        inputs.IsInvalid.Should().BeFalse();
        Tensor.TotalCount.Should().Be(live + (5 * LeftOfANewNet()));
    }

    [Fact]
    public void Services_get_one_that_is_disposed_of_with_them()
    {
        using var net = new Net(3);
        IServedModel<Net> served;
        using (var services = new ServiceCollection().AddServedModel<Net>(trained => new Net((int)trained.Head.out_features)).BuildServiceProvider())
        {
            served = services.GetRequiredService<IServedModel<Net>>();
            served.Should().BeSameAs(services.GetRequiredService<ServedModel<Net>>());
            served.Publish(net);
        }

        served.Invoking(s => s.Publish(net)).Should().Throw<ObjectDisposedException>();
    }

    // TorchSharp counts an empty object for each parameter that it makes.
    private static long LeftOfANewNet()
    {
        var before = Tensor.TotalCount;
        new Net(3).Dispose();
        return Tensor.TotalCount - before;
    }

    internal sealed class Net : Module<Tensor, Tensor>
    {
        private readonly Linear body = Linear(4, 6);
        private readonly BatchNorm1d norm = BatchNorm1d(6);
        private readonly Linear head;

        public Net(int units)
            : base(nameof(Net))
        {
            head = Linear(6, units);
            RegisterComponents();
        }

        public Linear Head => head;

        public override Tensor forward(Tensor input) => head.call(functional.relu(norm.call(body.call(input))));
    }
}
