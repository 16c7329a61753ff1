using System.ComponentModel.DataAnnotations;
using Zapping.Training;

namespace CustomPolicy;

/// <summary>Which rows a <see cref="WeakestRowsPolicy"/> draws anew, and how.</summary>
public sealed record WeakestRowsOptions
{
    /// <summary>Name of the weight in the model; its rows are the units. Default: <c>head.weight</c>.</summary>
    [Required]
    public string Parameter { get; set; } = "head.weight";

    /// <summary>How many rows at each reset, at least 1; default 1.</summary>
    [Range(1, int.MaxValue)]
    public int Count { get; set; } = 1;

    /// <summary>For how many resets a row that was drawn anew is left alone; default 1.</summary>
    [Range(0, int.MaxValue)]
    public int Rest { get; set; } = 1;

    /// <summary>What the rows are drawn from; default: what the layer draws when it is built.</summary>
    [Required]
    public Initializer Weights { get; set; } = Initializer.LayerDefault();

    /// <summary>What happens to the optimizers' state of these rows; default <see cref="OptimizerStateReset.Slice"/>.</summary>
    [EnumDataType(typeof(OptimizerStateReset))]
    public OptimizerStateReset OptimizerState { get; set; } = OptimizerStateReset.Slice;
}
