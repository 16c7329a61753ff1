using TorchSharp.Modules;
using Zapping.Training.Parameters;
using static TorchSharp.torch;

namespace Zapping.Training.Resets;

/// <summary>
/// What one optimizer remembers of one parameter. This is the only place that names the optimizers' state classes.
/// </summary>
internal sealed class OptimizerStateSlot(optim.Optimizer optimizer, OptimizerState? state, OptimizerOptions? options)
{
    public void EnsureSupports(OptimizerStateReset reset, string name)
    {
        if (reset == OptimizerStateReset.Keep)
        {
            return;
        }

        if (state is null)
        {
            throw new NotSupportedException(
                $"{optimizer.GetType().Name} keeps its state of '{name}' in native code, out of reach. "
                + $"Use {nameof(OptimizerStateReset)}.{nameof(OptimizerStateReset.Keep)} with it.");
        }

        if (reset == OptimizerStateReset.Slice && !Knows(state))
        {
            throw new NotSupportedException(
                $"The state {state.GetType()} of '{name}' is not known, so a slice of it cannot be reset. "
                + $"Use {nameof(OptimizerStateReset.Keep)} or {nameof(OptimizerStateReset.Parameter)}.");
        }
    }

    public void Reset(ParameterSlice slice, OptimizerStateReset reset)
    {
        switch (reset)
        {
            case OptimizerStateReset.Slice:
                foreach (var (tensor, initial) in Tensors(state!, options!))
                {
                    if (tensor is not null)
                    {
                        slice.Fill(tensor, initial);
                    }
                }

                break;
            case OptimizerStateReset.Parameter:
                state!.Initialize(options!);
                break;
        }
    }

    /// <summary>The tensors that run along the parameter, with the value from which they start.</summary>
    /// <exception cref="NotSupportedException">The state is out of reach or not known.</exception>
    public IEnumerable<(Tensor Tensor, double Initial)> TensorsAlong(string name)
    {
        if (state is null || !Knows(state))
        {
            throw new NotSupportedException(
                $"What {optimizer.GetType().Name} remembers of '{name}' is {(state is null ? "in native code" : $"a {state.GetType()}")}, "
                + "out of reach, so the parameter cannot get more rows. Grow it before the optimizer is made.");
        }

        foreach (var (tensor, initial) in Tensors(state, options!))
        {
            if (tensor is not null)
            {
                yield return (tensor, initial);
            }
        }
    }

    private static bool Knows(OptimizerState state) => state
        is SGD.State or Adam.State or AdamW.State or NAdam.State or RAdam.State or Adamax.State
        or RMSProp.State or Adagrad.State or Adadelta.State or ASGD.State or Rprop.State;

    /// <summary>The tensors that run along the parameter, with the value they start from.</summary>
    private static (Tensor? Tensor, double Initial)[] Tensors(OptimizerState state, OptimizerOptions options) => state switch
    {
        SGD.State s => [(s.momentum_buffer, 0)],
        Adam.State s => [(s.exp_avg, 0), (s.exp_avg_sq, 0), (s.max_exp_avg_sq, 0)],
        AdamW.State s => [(s.exp_avg, 0), (s.exp_avg_sq, 0), (s.max_exp_avg_sq, 0)],
        NAdam.State s => [(s.exp_avg, 0), (s.exp_avg_sq, 0)],
        RAdam.State s => [(s.exp_avg, 0), (s.exp_avg_sq, 0)],
        Adamax.State s => [(s.exp_avg, 0), (s.exp_inf, 0)],
        RMSProp.State s => [(s.square_avg, 0), (s.momentum_buffer, 0), (s.grad_avg, 0)],
        Adagrad.State s => [(s.sum, ((Adagrad.Options)options).initial_accumulator_value ?? 0)],
        Adadelta.State s => [(s.square_avg, 0), (s.acc_delta, 0)],
        ASGD.State s => [(s.ax, 0)],
        Rprop.State s => [(s.prev, 0), (s.step_size, options.LearningRate ?? 0)],
        _ => [],
    };
}
