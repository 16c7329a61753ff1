using PaperCurves.Models;
using static TorchSharp.torch;

namespace PaperCurves.Transfer;

/// <summary>An encoder's features of one draw, computed once: in head-only transfer the encoder stands still.</summary>
public sealed class Features : IDisposable
{
    private const int BatchSize = 250;

    /// <summary>Encodes the support and query images in eval mode; the encoder's own mode is left as it is.</summary>
    public Features(PaperModel encoder, TransferDraw draw, CancellationToken cancellationToken)
    {
        var mode = encoder.training;
        encoder.eval();
        try
        {
            Support = Encode(encoder, draw.Support.Inputs, cancellationToken);
            Query = Encode(encoder, draw.Query.Inputs, cancellationToken);
        }
        finally
        {
            encoder.train(mode);
        }
    }

    /// <summary>[classes * support, features].</summary>
    public Tensor Support { get; }

    /// <summary>[classes * query, features].</summary>
    public Tensor Query { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Support.Dispose();
        Query.Dispose();
    }

    private static Tensor Encode(PaperModel encoder, Tensor images, CancellationToken cancellationToken)
    {
        using var noGrad = no_grad();
        var all = empty([images.shape[0], encoder.FeatureCount], device: images.device);
        for (long start = 0; start < images.shape[0]; start += BatchSize)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var length = Math.Min(BatchSize, images.shape[0] - start);
            all.narrow(0, start, length).copy_(encoder.Encode(images.narrow(0, start, length)));
        }

        return all;
    }
}
