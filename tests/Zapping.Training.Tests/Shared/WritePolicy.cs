using TorchSharp.Modules;

namespace Zapping.Training.Tests.Shared;

/// <summary>A policy given as a function.</summary>
internal sealed class WritePolicy(Action<ResetContext> apply) : IResetPolicy
{
    public static WritePolicy Of(Func<Parameter> parameter, ParameterSlice slice, Rewriter rewriter, OptimizerStateReset state = default) =>
        new(context => context.Rewrite(parameter(), slice, rewriter, state));

    public void Apply(ResetContext context) => apply(context);
}

/// <summary>Writes given values, or fails.</summary>
internal sealed class GivenRewriter(Action<RewriteTarget> write) : Rewriter
{
    public override void Write(RewriteTarget target) => write(target);
}
