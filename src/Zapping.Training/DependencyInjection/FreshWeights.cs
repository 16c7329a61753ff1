namespace Zapping.Training;

/// <summary>To what <see cref="ZappingSettings"/> has weights set.</summary>
public enum FreshWeights
{
    /// <summary><see cref="Rewriter.KaimingNormal"/> with <see cref="KaimingFan.PerRow"/>.</summary>
    KaimingNormal,

    /// <summary><see cref="Rewriter.KaimingNormal"/> with <see cref="KaimingFan.AsPublished"/>.</summary>
    KaimingNormalAsPublished,

    /// <summary><see cref="Rewriter.KaimingUniform"/>.</summary>
    KaimingUniform,

    /// <summary><see cref="Rewriter.XavierNormal"/>.</summary>
    XavierNormal,

    /// <summary><see cref="Rewriter.XavierUniform"/>.</summary>
    XavierUniform,

    /// <summary><see cref="Rewriter.LayerDefault"/>.</summary>
    LayerDefault,

    /// <summary><see cref="Rewriter.Zeros"/>.</summary>
    Zeros,
}
