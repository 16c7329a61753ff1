using Microsoft.Extensions.Logging;

namespace Zapping.Training;

public static partial class TrainerVerbs
{
    /// <summary>
    /// Writes what happens to a log. Unlike an observer, it has nothing measured: norms are not computed for it, and a level that is
    /// switched off costs a look at the switch.
    /// <list type="table">
    /// <listheader><term>event</term><description>level and occasion</description></listheader>
    /// <item><term>1 TaskBegins</term><description>Information</description></item>
    /// <item><term>2 EpochBegins</term><description>Information</description></item>
    /// <item><term>3 ClassBegins</term><description>Debug; of episodes too</description></item>
    /// <item><term>10 WasReset</term><description>Debug; policy, rows, microseconds, boundary and which reset it was</description></item>
    /// <item><term>20 CheckpointSaved</term><description>Information</description></item>
    /// <item><term>21 Resumed</term><description>Information</description></item>
    /// <item><term>22 CheckpointFailed</term><description>Warning; a periodic checkpoint, and training goes on</description></item>
    /// <item><term>23 ResumedOnOtherArithmetic</term><description>Information; the convolutions of the saved run were computed by other code (<see cref="ConvolutionGuard"/>)</description></item>
    /// <item><term>30 NonFiniteStep</term><description>Error; <see cref="NonFiniteStepException"/> follows</description></item>
    /// <item><term>40 Convolutions</term><description>Warning; oneDNN was switched off, or convolutions are wrong (<see cref="ConvolutionGuard"/>)</description></item>
    /// <item><term>41 LargeBlocksGivenBack</term><description>Information; the training thread is one whose large blocks glibc gives back (<see cref="NativeAllocator"/>)</description></item>
    /// </list>
    /// </summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="log">Where to; it takes the place of an earlier one.</param>
    public static TTrainer UseLogging<TTrainer>(this TTrainer trainer, ILogger log)
        where TTrainer : Trainer
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(log);
        trainer.Log = log;
        return trainer;
    }
}
