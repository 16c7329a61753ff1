using TorchSharp.Modules;
using Zapping.Training.Initializers;
using Zapping.Training.Parameters;
using Zapping.Training.Resets;

namespace Zapping.Training.Tests.Shared;

/// <summary>A policy given as a function.</summary>
internal sealed class WritePolicy(Action<ResetContext> apply) : IResetPolicy
{
    public static WritePolicy Of(Func<Parameter> parameter, ParameterSlice slice, Initializer initializer, OptimizerStateReset state = default) =>
        new(context => context.Reset(parameter(), slice, initializer, state));

    public void Apply(ResetContext context) => apply(context);
}

/// <summary>Writes given values, or fails.</summary>
internal sealed class GivenRewriter(Action<InitializerContext> write) : Initializer
{
    public override void Write(InitializerContext target) => write(target);
}
