using TorchSharp;
using TorchSharp.Modules;
using Zapping.Training.Data;
using Zapping.Training.Episodes;
using Zapping.Training.Parameters;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Shared;

/// <summary>
/// The nets of Fixtures/episodes.py: images [n, 1, 6, 6] through a body of convolution, instance normalization and
/// pooling to 12 features, which a second branch may scale, and a head of 5 units.
/// </summary>
internal sealed class EpisodicNet : Module<Tensor, Tensor>
{
    private readonly Sequential body;
    private readonly Sequential? gate;
    private readonly Linear? mix;
    private readonly Linear head;

    public EpisodicNet(bool gated, ScalarType type = ScalarType.Float64, ulong seed = 1)
        : base(nameof(EpisodicNet))
    {
        body = Branch(3);
        gate = gated ? Branch(2) : null;
        mix = gated ? Linear(8, 12) : null;
        head = Linear(12, 5);
        RegisterComponents();
        using var noGrad = no_grad();
        using var generator = new Generator(seed);
        foreach (var parameter in parameters())
        {
            parameter.normal_(0, 0.5, generator);
        }

        this.to(type);
    }

    /// <summary>The head and the body, but not the branch that scales.</summary>
    public static ParameterFilter Moving { get; } = ParameterFilter.WithPrefix("body.", "head.");

    public override Tensor forward(Tensor input)
    {
        var features = body.call(input);
        return head.call(gate is null ? features : features * mix!.call(gate.call(input)).sigmoid());
    }

    private static Sequential Branch(int channels) => Sequential(
        ("conv", Conv2d(1, channels, 3, bias: false)), ("norm", InstanceNorm2d(channels, affine: true)), ("relu", ReLU()),
        ("pool", MaxPool2d(2)), ("flatten", Flatten()));
}

/// <summary>Episodes for <see cref="EpisodicNet"/>, a function of the index.</summary>
internal sealed class RandomEpisodes(ScalarType type = ScalarType.Float64, int inner = 20, int remember = 10) : IEpisodeSource
{
    public Episode Episode(long index)
    {
        using var generator = new Generator((ulong)index + 77);
        var classId = (int)(index % 5);
        return Zapping.Training.Episodes.Episode.Create(
            classId,
            new LabeledBatch(rand([inner, 1, 6, 6], generator: generator).to(type), full([inner], classId, ScalarType.Int64)),
            new LabeledBatch(rand([remember, 1, 6, 6], generator: generator).to(type), randint(0, 5, [remember], generator: generator)));
    }
}
