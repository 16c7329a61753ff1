using FluentAssertions;
using Xunit;
using Zapping.Training.Tests.Shared;
using Zapping.Training.Transfer;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Transfer;

/// <summary>However a transfer ends, no tensor of it is left.</summary>
[Collection(AloneCollection.Name)]
public sealed class TransferMemoryTests
{
    [Fact]
    public void Transfers_leave_nothing()
    {
        using var net = Nets.Small();
        using var task = new TransferTask(rand(12, 6), rand(6, 6), 3);
        Left(Transfer).Should().Be(0);

        void Transfer()
        {
            foreach (var trains in new[] { TrainableParameters.All, TrainableParameters.Head })
            {
                SequentialTransfer.Run(net, task, new SequentialTransferOptions { Head = Nets.Head, Trainable = trains });
                IidTransfer.Run(net, task, new IidTransferOptions { Head = Nets.Head, Trainable = trains, BatchSize = 5, MicroBatchSize = 2 });
            }

            LeastSquaresTransfer.Run(net, task, new TransferOptions { Head = Nets.Head });
            task.ExtractFeatures(net, Nets.Head).Dispose();
        }
    }

    [Fact]
    public void Failed_and_cancelled_transfers_leave_nothing()
    {
        using var net = Nets.Small();
        using var task = new TransferTask(full([12, 6], float.NaN), zeros(6, 6), 3);
        using var source = new CancellationTokenSource();
        source.Cancel();
        Left(Transfer).Should().Be(0);

        void Transfer()
        {
            foreach (var trains in new[] { TrainableParameters.All, TrainableParameters.Head })
            {
                var options = new SequentialTransferOptions { Head = Nets.Head, Trainable = trains };
                var fail = () => SequentialTransfer.Run(net, task, options);
                fail.Should().Throw<NonFiniteStepException>();
                var cancel = () => SequentialTransfer.Run(net, task, options, cancellationToken: source.Token);
                cancel.Should().Throw<OperationCanceledException>();
            }
        }
    }

    // The hook cancels while the query examples are encoded, when the features of the support examples are there.
    [Fact]
    public void An_encoding_that_is_cancelled_half_way_leaves_nothing()
    {
        using var net = Nets.Small();
        using var task = new TransferTask(rand(12, 6), rand(6, 6), 3);
        Left(Encode).Should().Be(0);

        void Encode()
        {
            using var source = new CancellationTokenSource();
            var calls = 0;
            var hook = net.register_forward_pre_hook((_, inputs) =>
            {
                if (++calls == 8)
                {
                    source.Cancel();
                }

                return inputs;
            });
            var encode = () => task.ExtractFeatures(net, Nets.Head, batchSize: 2, source.Token);
            encode.Should().Throw<OperationCanceledException>();
            calls.Should().BeInRange(8, 9, "a look at the model, 6 batches of support examples and 3 of query examples would be 10");
            hook.remove();
        }
    }

    [Fact]
    public void Refused_and_cancelled_least_squares_leave_nothing()
    {
        using var net = Nets.Small();
        using var task = new TransferTask(full([12, 6], float.NaN), zeros(6, 6), 3);
        using var source = new CancellationTokenSource();
        source.Cancel();
        var options = new TransferOptions { Head = Nets.Head };
        Left(Transfer).Should().Be(0);

        void Transfer()
        {
            var solve = () => LeastSquaresTransfer.Run(net, task, options);
            solve.Should().Throw<ArgumentException>();
            var cancel = () => LeastSquaresTransfer.Run(net, task, options, source.Token);
            cancel.Should().Throw<OperationCanceledException>();
        }
    }

    // The first time makes gradients, which stay with the parameters.
    private static long Left(Action transfer)
    {
        transfer();
        var before = LiveTensors.BeforeTest();
        transfer();
        return Tensor.TotalCount - before;
    }
}
