using TorchSharp;
using static TorchSharp.torch;

namespace Zapping.Training.Initializers;

/// <summary>
/// What an embedding draws when it is built: normal values with mean 0 and standard deviation 1. A row that is 0 throughout is one of padding, which never gets a gradient, and stays 0: TorchSharp does not say which row it is. Of single entries
/// and columns those that are 0 stay so.
/// </summary>
internal sealed class EmbeddingDefaultInitializer : Initializer
{
    private static readonly Initializer Fresh = Normal(0, 1);

    public override bool NeedsCurrentValues => true;

    public override string ToString() => "EmbeddingDefault";

    public override void Write(InitializerContext target)
    {
        using var scope = NewDisposeScope();
        var values = target.Values;
        using Scalar none = 0;
        var used = values.ne(none);
        if (target.Slice.IsOfRows && values.dim() == 2)
        {
            used = used.any(1, keepdim: true);
        }

        Fresh.Write(target);
        values.mul_(used.to(values.dtype));
    }
}
