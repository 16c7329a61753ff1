namespace Zapping.Training.Safetensors;

/// <summary>What <see cref="StateDict"/> lets pass when it loads a file into a module.</summary>
public sealed record StateDictLoadOptions
{
    /// <summary>
    /// Whether the file must have all the module's tensors and no others. If not, what both have is loaded and the rest
    /// reported. What both have must fit in either case. A tied weight need have but one of its names in the file. Default: <see langword="true"/>.
    /// </summary>
    public bool Strict { get; set; } = true;

    /// <summary>
    /// Whether values are converted, with rounding, if the types differ. Batch counters of normalizations always are:
    /// PyTorch keeps them as Int64 whatever the type of the layer, TorchSharp does not. Default: <see langword="false"/>.
    /// </summary>
    public bool Convert { get; set; }

    /// <summary>Whether parameters may hold NaN and infinity; buffers always may, as masks do. Default: <see langword="false"/>.</summary>
    public bool AllowNonFinite { get; set; }
}
