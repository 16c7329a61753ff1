using System.Collections.Concurrent;
using FluentAssertions;
using TorchSharp.Modules;
using Xunit;
using Zapping.Training.Heads;
using Zapping.Training.Serving;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Serving;

/// <summary>Predictions while the model is trained, zapped and grown.</summary>
[Collection(AloneCollection.Name)] // a load of its own
public sealed class ServingUnderLoadTests
{
    private const int Readers = 3;
    private const int Growths = 200;

    [Fact]
    public async Task No_prediction_fails_and_each_is_that_of_a_published_version()
    {
        using var inputs = randn([2, 8], generator: new Generator(1));
        using var served = new ServedModel<Net>(trained => new Net((int)trained.Head.out_features));
        var expected = new ConcurrentDictionary<long, float[]>();
        var seen = new ConcurrentDictionary<(long Version, string Bits), float[]>();
        var (calls, growths) = (0L, 0);
        using var stop = new CancellationTokenSource();
        using var first = new ManualResetEventSlim();

        var training = Task.Run(() =>
        {
            using var net = new Net(2);
            using var optimizer = optim.Adam(net.parameters(), 1e-2);
            using var trainer = new ContinualTrainer(net, optimizer).UseZapping(BoundaryKind.ClassBoundary, new ZapOptions { Head = "head" });
            for (var units = 3; units < 3 + Growths; units++)
            {
                using var step = NewDisposeScope();
                growths += HeadGrowth.Grow(net, "head", units, [optimizer]);
                trainer.BeginClass(units - 1);
                trainer.TrainStep(randn(8, 8), randint(0, units, [8]));
                expected[served.Publish(net)] = Outputs(net, inputs);
                first.Set();
            }
        }, TestContext.Current.CancellationToken);
        var reading = Enumerable.Range(0, Readers).Select(_ => Task.Run(() =>
        {
            first.Wait();
            while (!stop.IsCancellationRequested)
            {
                var (version, outputs) = served.Use((model, version) => (version, Outputs(model, inputs)));
                seen.TryAdd((version, Convert.ToHexString(System.Runtime.InteropServices.MemoryMarshal.AsBytes(outputs.AsSpan()))), outputs);
                Interlocked.Increment(ref calls);
            }
        }, TestContext.Current.CancellationToken)).ToArray();

        await training;
        await stop.CancelAsync();
        await Task.WhenAll(reading);

        TestContext.Current.SendDiagnosticMessage($"{growths} growths, {calls} predictions of {seen.Keys.DistinctBy(key => key.Version).Count()} versions");
        growths.Should().Be(Growths);
        calls.Should().BeGreaterThan(growths);
        seen.Keys.Select(key => key.Version).Distinct().Should().HaveCountGreaterThan(10, "readers see new versions while they come");
        foreach (var ((version, _), outputs) in seen)
        {
            outputs.Should().Equal(expected[version], "it is version {0}, bit for bit", version);
        }
    }

    private static float[] Outputs(Net net, Tensor inputs)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        return net.call(inputs).data<float>().ToArray();
    }

    private sealed class Net : Module<Tensor, Tensor>
    {
        private readonly Linear body = Linear(8, 16);
        private readonly Linear head;

        public Net(int units)
            : base(nameof(Net))
        {
            head = Linear(16, units);
            RegisterComponents();
        }

        public Linear Head => head;

        public override Tensor forward(Tensor input) => head.call(functional.relu(body.call(input)));
    }
}
