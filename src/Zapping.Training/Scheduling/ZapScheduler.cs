using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Zapping.Training.Native;
using Zapping.Training.Randomness;
using Zapping.Training.Resets;
using Zapping.Training.Telemetry;
using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training;

/// <summary>
/// Runs a reset policy at the boundaries of a schedule. This is the whole machinery: a training loop of your own
/// only has to say <see cref="Signal(TrainingBoundary)"/> before the forward pass.
/// </summary>
/// <threadsafety>
/// Not thread-safe. A reset that starts while another one of the same model runs, on any thread or from within a
/// policy, is refused.
/// </threadsafety>
public sealed class ZapScheduler
{
    private static readonly ConditionalWeakTable<nn.Module, Gate> Gates = [];

    private readonly ParameterCatalog _catalog;
    private readonly OptimizerStates _states;
    private readonly Gate _gate;
    private readonly ulong _seed;

    /// <summary>Makes a scheduler.</summary>
    /// <param name="model">The model that is trained.</param>
    /// <param name="optimizers">
    /// Every optimizer that may hold a parameter which is reset; none if the resets need not know them.
    /// </param>
    /// <param name="policy">What is reset.</param>
    /// <param name="schedule">When.</param>
    /// <exception cref="ArgumentException">The schedule is invalid.</exception>
    public ZapScheduler(
        nn.Module model, IEnumerable<optim.Optimizer> optimizers, IResetPolicy policy, ResetSchedule schedule)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(optimizers);
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(schedule);
        Policy = policy;
        Schedule = schedule.Ensure();
        Name = schedule.Name ?? KindOf(policy);
        _seed = schedule.Name is null ? schedule.Seed : StableHash.Mix(schedule.Seed, StableHash.Of(schedule.Name));
        ConvolutionGuard.Protect(model);
        _catalog = new ParameterCatalog(model);
        _states = new OptimizerStates([.. optimizers]);
        _gate = Gates.GetOrCreateValue(model);
    }

    /// <summary>What is reset.</summary>
    internal IResetPolicy Policy { get; set; }

    /// <summary>Name of the resets in logs, metrics and checkpoints: <see cref="ResetSchedule.Name"/>, or that of the policy's class.</summary>
    public string Name { get; }

    /// <summary>Raised before each reset, with the boundary at which it runs. An exception of a listener ends the call; nothing is then reset.</summary>
    public event Action<TrainingBoundary>? Resetting;

    internal ILogger Log { get; set; } = NullLogger.Instance;

    /// <summary>Raised after each reset. Norms are computed only while somebody listens.</summary>
    public event Action<ResetReport>? ResetCompleted;

    /// <summary>When the policy runs.</summary>
    public ResetSchedule Schedule { get; internal set; }

    /// <summary>Called before each boundary of the schedule's kind; it may give another schedule of that kind, name and seed, and another policy.</summary>
    internal Action? Following { get; set; }

    /// <summary>
    /// All that must be saved to continue exactly, and restored before training goes on; besides it, the
    /// <see cref="IStatefulResetPolicy.State"/> of a policy that has one.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A restored count is negative.</exception>
    public ZapSchedulerState State
    {
        get;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            ArgumentOutOfRangeException.ThrowIfNegative(value.Boundaries);
            ArgumentOutOfRangeException.ThrowIfNegative(value.Resets);
            field = value;
        }
    } = new(0, 0);

    /// <summary>Says that something is about to begin; runs the policy if its time has come.</summary>
    /// <param name="boundary">What begins.</param>
    /// <returns>Whether the policy ran.</returns>
    /// <exception cref="ArgumentOutOfRangeException">
    /// It is of the schedule's kind, and its index is negative or the largest there is, after which nothing could be counted.
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// The reset cannot be done (the message says why), or one is already running on this model. Nothing has been
    /// written, and the scheduler's state is as before.
    /// </exception>
    public bool Signal(TrainingBoundary boundary)
    {
        ArgumentNullException.ThrowIfNull(boundary);
        if (boundary.Kind != Schedule.Every)
        {
            return false;
        }

        EnsureCountable(boundary);
        Following?.Invoke();
        var due = Schedule.IsDue(boundary, State.Resets);
        if (due)
        {
            Resetting?.Invoke(boundary);
            Run(boundary);
        }

        State = new ZapSchedulerState(boundary.Index + 1, State.Resets + (due ? 1 : 0));
        return due;
    }

    /// <summary>
    /// Says that something of a kind is about to begin, and counts for the caller: its index is one more than that
    /// of the last boundary of the schedule's kind.
    /// </summary>
    /// <param name="kind">What begins.</param>
    /// <param name="classes">The class ids that begin, if known.</param>
    /// <returns>Whether the policy ran.</returns>
    public bool Signal(BoundaryKind kind, params IReadOnlyList<int> classes) =>
        Signal(new TrainingBoundary(kind, State.Boundaries, classes));

    /// <summary>Runs a policy now and once, such as to give a classifier a fresh start.</summary>
    /// <param name="model">The model.</param>
    /// <param name="optimizers">Every optimizer that may hold a parameter which is reset; none if the reset need not know them.</param>
    /// <param name="policy">What is reset.</param>
    /// <param name="seed">Seed of its randomness.</param>
    /// <param name="boundary">For policies that look at it; default: a task boundary without classes.</param>
    /// <exception cref="InvalidOperationException">The reset cannot be done (the message says why), or one is already running on this model. Nothing has been written.</exception>
    public static void ResetNow(nn.Module model, IEnumerable<optim.Optimizer> optimizers, IResetPolicy policy, ulong seed = 0, TrainingBoundary? boundary = null)
    {
        boundary ??= TrainingBoundary.Task(0);
        new ZapScheduler(model, optimizers, policy, new ResetSchedule(boundary.Kind) { Seed = seed }).Run(boundary);
    }

    internal static string KindOf(IResetPolicy policy) => policy.GetType().Name;

    // Before anything is reset, because State refuses what it cannot hold.
    private void EnsureCountable(TrainingBoundary boundary)
    {
        if (boundary.Index is < 0 or long.MaxValue)
        {
            throw new ArgumentOutOfRangeException(nameof(boundary), boundary.Index, "The index of a boundary must be 0 or more, and below the largest number.");
        }

        if (State.Resets == long.MaxValue)
        {
            throw new InvalidOperationException("There have been as many resets as can be counted.");
        }
    }

    private void Run(TrainingBoundary boundary)
    {
        using var activity = TrainingTelemetry.Reset(Name, boundary);
        var started = Stopwatch.GetTimestamp();
        var listeners = ResetCompleted;
        var context = new ResetContext(_catalog, _states, boundary, State.Resets, _seed);
        TimeSpan elapsed;
        ResetReport? report = null;
        _gate.Enter();
        using var scope = NewDisposeScope(); // what a policy makes lives until it is written
        try
        {
            Plan(context);
            elapsed = Stopwatch.GetElapsedTime(started);
            if (listeners is not null)
            {
                context.MeasureBefore();
            }

            started = Stopwatch.GetTimestamp();
            context.Commit();
            elapsed += Stopwatch.GetElapsedTime(started);
            if (listeners is not null)
            {
                report = new ResetReport(boundary, context.Ordinal, Name, context.Reports(), elapsed);
            }
        }
        finally
        {
            _gate.Leave();
        }

        TrainingTelemetry.WasReset(Name, boundary, context.RowsOfWeights, elapsed);
        if (Log.IsEnabled(LogLevel.Debug))
        {
            TrainingLog.WasReset(Log, Name, context.RowsOfWeights, elapsed.TotalMicroseconds, boundary, context.Ordinal);
        }

        if (report is not null)
        {
            listeners!(report);
        }
    }

    private void Plan(ResetContext context)
    {
        try
        {
            Policy.Apply(context);
        }
        finally
        {
            context.Close();
        }
    }

    private sealed class Gate
    {
        private int _busy;

        public void Enter()
        {
            if (Interlocked.Exchange(ref _busy, 1) != 0)
            {
                throw new InvalidOperationException(
                    "A reset of this model is already running: a policy must not signal schedulers, "
                    + "and one model must not be reset from two threads at once.");
            }
        }

        public void Leave() => Volatile.Write(ref _busy, 0);
    }
}
