using FluentAssertions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.Heads;
using Zapping.Training.Hosting;
using Zapping.Training.Policies;
using Zapping.Training.Serving;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Docs;

/// <summary>The code of docs/guides/serving.md.</summary>
public sealed class ServingSnippets
{
    [Fact]
    public void One_process()
    {
        using var scope = NewDisposeScope();
        using var net = new Net(classes: 3);
        var x = randn(1, 8);

        // <serve>
        using var served = new ServedModel<Net>(trained => new Net((int)trained.Head.out_features));
        served.Publish(net);                                            // on the thread that trains, after each task
        var label = served.Use(m => m.call(x).argmax(1).item<long>());  // on any thread, at any time
        // </serve>
        label.Should().BeInRange(0, 2);

        // <serve-grown>
        using var grown = new ServedModel<Net>(() => new Net(classes: 3), new() { Head = "head" });
        HeadGrowth.Grow(net, "head", units: 5, []);
        grown.Publish(net);                                             // the copy's head grows to five units, too
        // </serve-grown>
        grown.Predict(x).shape.Should().Equal(1, 5);
    }

    [Fact]
    public void In_a_host()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Zapping:Every", "ClassBoundary"), new("Zapping:Head", "head"), new("WeightClipping:Multiple", "3")]).Build();
        var services = new ServiceCollection();

        // <serve-services>
        services.AddZapping(configuration.GetSection("Zapping"));
        services.AddServedModel<Net>(trained => new Net((int)trained.Head.out_features)); // IServedModel<Net>
        // </serve-services>
        using var provider = services.BuildServiceProvider();
        provider.GetRequiredService<IServedModel<Net>>().Version.Should().Be(0);
        var monitor = provider.GetRequiredService<IOptionsMonitor<ZapSettings>>();
        using var model = new Net(classes: 3);
        using var optimizer = optim.SGD(model.parameters(), 0.1);

        // <serve-settings>
        using var trainer = new ContinualTrainer(model, optimizer).UseZapping(monitor); // an IOptionsMonitor<ZapSettings>
        // </serve-settings>
        trainer.Schedulers.Should().ContainSingle();

        // <serve-other-policy>
        var options = new WeightClippingOptions();
        configuration.GetSection("WeightClipping").Bind(options, binder => binder.ErrorOnUnknownConfiguration = true);
        trainer.UseWeightClipping(every: BoundaryKind.StepBoundary, options);
        // </serve-other-policy>
        options.Multiple.Should().Be(3);
    }

    private sealed class Net : Module<Tensor, Tensor>
    {
        private readonly Linear body = Linear(8, 16);
        private readonly Linear head;

        public Net(int classes)
            : base(nameof(Net))
        {
            head = Linear(16, classes);
            RegisterComponents();
        }

        public Linear Head => head;

        public override Tensor forward(Tensor input) => head.call(functional.relu(body.call(input)));
    }
}
