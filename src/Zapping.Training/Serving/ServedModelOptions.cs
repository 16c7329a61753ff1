using static TorchSharp.torch;

namespace Zapping.Training.Serving;

/// <summary>How the copies of a <see cref="ServedModel{TModel}"/> are made.</summary>
public sealed record ServedModelOptions
{
    /// <summary>Where the copies are; default: on the device of the trained model's first parameter.</summary>
    public Device? Device { get; set; }

    /// <summary>
    /// The classifier of the copies, which grows to as many units as that of the trained model has, for factories that make one of the first size only. A name is best, as in
    /// <c>Head = "head"</c>: a selector that holds a layer holds that of one model. Default: none, and the factory makes it of the right size.
    /// </summary>
    public HeadSelector? Head { get; set; }
}
