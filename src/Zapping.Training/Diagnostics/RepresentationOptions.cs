using System.ComponentModel.DataAnnotations;
using Zapping.Training.HiddenUnits;

namespace Zapping.Training.Diagnostics;

/// <summary>What a <see cref="RepresentationProbe"/> looks at.</summary>
public sealed record RepresentationOptions
{
    /// <summary>
    /// Which layer is the classifier, whose inputs are the features; a <see cref="TorchSharp.Modules.Linear"/>. Default: the model's only one.
    /// </summary>
    [Required]
    public HeadSelector Head { get; set; } = HeadSelector.Single();

    /// <summary>
    /// The inputs of which layers are looked at, by the layers' names in the model; <see langword="null"/> (default) for all linear layers
    /// and convolutions but the one that is called first, whose inputs are the data. With <see cref="Units"/>: the units of which of
    /// <see cref="UnitGraph.ReplaceableLayers"/> are looked at; default all.
    /// </summary>
    public Func<string, bool>? Layers { get; set; }

    /// <summary>
    /// What a unit is; <see langword="null"/> (default) for each input of a layer, so that behind a flatten each position of a channel
    /// counts. With the model's graph a unit is what policies reset, a row of the layer before, wherever it is read; layers whose units
    /// cannot be told apart (<see cref="UnitGraph.ExcludedLayers"/>) are then left out.
    /// </summary>
    public UnitGraph? Units { get; set; }

    /// <summary>
    /// tau, from 0 to 1; default 0.1. A unit is dormant if its mean absolute activation is at most tau times the layer's mean of that.
    /// </summary>
    [Range(0d, 1d)]
    public double DormantThreshold { get; set; } = 0.1;

    /// <summary>delta of <see cref="FeatureStatistics.Srank"/>, from 0 to 1; default 0.01, as published.</summary>
    [Range(0d, 1d)]
    public double SrankDelta { get; set; } = 0.01;
}
