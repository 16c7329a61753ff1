using Zapping.Training;
using Zapping.Training.Parameters;
using Zapping.Training.Resets;
using static TorchSharp.torch;

namespace CustomPolicy;

/// <summary>
/// Gives the units that say least a new start: the rows of one weight with the smallest L2 norm are drawn anew, as the layer was
/// when it was built, and the optimizer forgets what it knew of them.
/// </summary>
/// <param name="weight">Name of the parameter in the model, for example <c>head.weight</c>; its rows are the units.</param>
/// <param name="count">How many rows, at least 1.</param>
public sealed class ResetWeakestRows(string weight, int count) : IResetPolicy
{
    /// <inheritdoc/>
    public void Apply(ResetContext context)
    {
        ArgumentNullException.ThrowIfNull(context);

        // Looked up now: what .to() or an assignment has replaced since would be another object.
        var parameter = context.Model.get_parameter(weight)
            ?? throw new InvalidOperationException($"The model has no parameter '{weight}'.");
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var norms = parameter.flatten(1).norm(1);
        var rows = norms.argsort()[..count].data<long>().Select(row => (int)row).ToArray();
        context.Reset(parameter, ParameterSlice.Rows(rows), Initializer.LayerDefault(), OptimizerStateReset.Slice);
    }
}
