using TorchSharp.Modules;
using Zapping.Training.HiddenUnits;
using Zapping.Training.Tests.Shared;

namespace Zapping.Training.Tests.Policies;

public sealed class ZapConformance : PolicyConformance
{
    protected override IResetPolicy Policy(Sequential net, OptimizerStateReset state) =>
        new ZapPolicy(new ZapOptions { Head = Nets.Head, Bias = BiasReset.Redraw, OptimizerState = state });

    protected override bool Writes(string parameter, int row, int column) =>
        parameter.StartsWith("head", StringComparison.Ordinal) && row == 2;
}

public sealed class ShrinkAndPerturbConformance : PolicyConformance
{
    protected override IResetPolicy Policy(Sequential net, OptimizerStateReset state) =>
        new ShrinkAndPerturbPolicy(new ShrinkAndPerturbOptions { OptimizerState = state });

    protected override bool Writes(string parameter, int row, int column) => true;
}

/// <summary>Unit 3 is dormant: its row of the body and its column of the head are written.</summary>
public sealed class DormantUnitsConformance : PolicyConformance
{
    protected override string Drawn => "body.weight";

    protected override IResetPolicy Policy(Sequential net, OptimizerStateReset state) =>
        new ReDoPolicy(UnitGraph.Trace(net, Nets.Example(net)), new ReDoOptions { OptimizerState = state, SampleEvery = 1 });

    protected override bool Writes(string parameter, int row, int column) => parameter switch
    {
        "body.weight" or "body.bias" => row == 3,
        "head.weight" => column == 3,
        _ => false,
    };

    protected override void BeforeReset(Sequential net) => Nets.Activate(net, 1, 1, 1, -1, 1);
}

public sealed class LaterLayersConformance : PolicyConformance
{
    protected override IResetPolicy Policy(Sequential net, OptimizerStateReset state) =>
        new LaterLayerForgettingPolicy(net, Nets.Example(net), new LaterLayerForgettingOptions { OptimizerState = state });

    protected override bool Writes(string parameter, int row, int column) => parameter.StartsWith("head", StringComparison.Ordinal);
}

/// <summary>Unit 3 is of least use: its row of the body and its column of the head are written, and all of the head's bias takes it over.</summary>
public sealed class ContinualBackpropConformance : PolicyConformance
{
    protected override string Drawn => "body.weight";

    protected override IResetPolicy Policy(Sequential net, OptimizerStateReset state) => new ContinualBackpropPolicy(
        UnitGraph.Trace(net, Nets.Example(net)), new() { OptimizerState = state, MaturityThreshold = 0, ReplacementRate = 0.2 });

    protected override bool Writes(string parameter, int row, int column) => Forgets(parameter, row, column) || parameter == "head.bias";

    protected override bool Forgets(string parameter, int row, int column) => parameter switch
    {
        "body.weight" or "body.bias" => row == 3,
        "head.weight" => column == 3,
        _ => false,
    };

    protected override void BeforeReset(Sequential net) => Nets.Activate(net, 1, 1, 1, 0.1, 1);
}
