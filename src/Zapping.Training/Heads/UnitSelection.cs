using Zapping.Training.Heads;
using Zapping.Training.Parameters;
using Zapping.Training.Resets;

namespace Zapping.Training;

/// <summary>Which output units (rows of the classifier) a reset is about.</summary>
public abstract class UnitSelection
{
    /// <summary>The classes that the boundary names at class and task boundaries, and all units at epoch and step boundaries.</summary>
    public static UnitSelection Default { get; } = new ByKind();

    /// <summary>The classes that the boundary names; an exception where it names none.</summary>
    public static UnitSelection BoundaryClasses { get; } = new AtBoundary();

    /// <summary>Every unit.</summary>
    public static UnitSelection All { get; } = new Matching(_ => true, nameof(All));

    /// <summary>A new random choice at each reset, every subset equally likely, unused units included.</summary>
    /// <param name="count">How many, at least 1.</param>
    public static UnitSelection Random(int count) => new RandomUnits(count);

    /// <summary>Always the same units.</summary>
    /// <param name="units">Distinct unit numbers, at least one.</param>
    public static UnitSelection Indices(params IReadOnlyList<int> units) => new Fixed(units);

    /// <summary>The units for which a condition holds at the time of the reset.</summary>
    /// <param name="condition">Called with each unit number.</param>
    public static UnitSelection Where(Func<int, bool> condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        return new Matching(condition, nameof(Where));
    }

    /// <summary>The units that a function chooses at the time of the reset, from whatever it looks at.</summary>
    /// <param name="choose">
    /// Gets the classifier and the reset's context, for its boundary and its noise; returns distinct numbers from 0 to <see cref="Head.UnitCount"/> - 1, at least one.
    /// </param>
    public static UnitSelection From(Func<Head, ResetContext, IReadOnlyList<int>> choose)
    {
        ArgumentNullException.ThrowIfNull(choose);
        return new Function(choose);
    }

    /// <summary>Chooses units of a classifier, for a policy.</summary>
    /// <param name="head">The classifier, as <see cref="HeadSelector.Find(ResetContext)"/> found it.</param>
    /// <param name="context">Of the reset.</param>
    /// <returns>Distinct unit numbers from 0 to <see cref="Head.UnitCount"/> - 1, at least one.</returns>
    /// <exception cref="InvalidOperationException">The selection is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The boundary names a class without a row.</exception>
    public int[] Choose(Head head, ResetContext context)
    {
        ArgumentNullException.ThrowIfNull(head);
        ArgumentNullException.ThrowIfNull(context);
        return Select(head, context);
    }

    /// <summary>Checks, before training begins, that a trainer's boundaries of a schedule say which units are meant.</summary>
    /// <param name="schedule">The schedule.</param>
    /// <exception cref="ArgumentException">They do not.</exception>
    public virtual void EnsureSuits(ResetSchedule schedule) => ArgumentNullException.ThrowIfNull(schedule);

    private protected abstract int[] Select(Head head, ResetContext context);

    private sealed class ByKind : UnitSelection
    {
        public override string ToString() => nameof(Default);

        private protected override int[] Select(Head head, ResetContext context) =>
            (context.Boundary.Kind is BoundaryKind.EpochBoundary or BoundaryKind.StepBoundary ? All : BoundaryClasses).Select(head, context);
    }

    private sealed class Function(Func<Head, ResetContext, IReadOnlyList<int>> choose) : UnitSelection
    {
        public override string ToString() => nameof(From);

        private protected override int[] Select(Head head, ResetContext context) => choose(head, context) is { Count: > 0 } units
            ? [.. units]
            : throw new InvalidOperationException($"The selection is empty: the function chose none of {head.UnitCount} units.");
    }

    private sealed class AtBoundary : UnitSelection
    {
        public override string ToString() => nameof(BoundaryClasses);

        public override void EnsureSuits(ResetSchedule schedule)
        {
            base.EnsureSuits(schedule);
            if (schedule.Every is BoundaryKind.EpochBoundary or BoundaryKind.StepBoundary)
            {
                throw new ArgumentException(
                    $"{nameof(UnitSelection)}.{nameof(BoundaryClasses)} needs boundaries that name classes, and an {schedule.Every} names none: choose "
                    + $"{nameof(All)}, {nameof(Random)} or {nameof(Indices)}, or another kind of boundary.",
                    nameof(schedule));
            }
        }

        private protected override int[] Select(Head head, ResetContext context)
        {
            var unitCount = head.UnitCount;
            int[] classes = [.. context.Boundary.Classes.Distinct()]; // one may come twice in a task
            if (classes.Length == 0)
            {
                throw new InvalidOperationException(
                    $"The selection is empty: {context.Boundary} names no classes. Signal it with its classes, "
                    + $"or choose {nameof(UnitSelection)}.{nameof(All)}, {nameof(Random)} or {nameof(Indices)}.");
            }

            return Array.Find(classes, id => id < 0 || id >= unitCount) is var stranger && (stranger < 0 || stranger >= unitCount)
                ? throw new ArgumentOutOfRangeException(
                    nameof(context),
                    stranger,
                    $"{context.Boundary} names class {stranger}, which has no row: the classifier has rows for classes 0 to {unitCount - 1}. "
                    + $"{nameof(HeadGrowth)}.{nameof(HeadGrowth.Grow)} gives it more.")
                : classes;
        }
    }

    private sealed class RandomUnits : UnitSelection
    {
        private readonly int _count;

        public override string ToString() => FormattableString.Invariant($"{nameof(Random)}({_count})");

        public RandomUnits(int count)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
            _count = count;
        }

        private protected override int[] Select(Head head, ResetContext context) => _count <= head.UnitCount
            ? context.Noise("units").Choose(_count, head.UnitCount)
            : throw new InvalidOperationException(
                $"{_count} random units were asked for, but the classifier has only {head.UnitCount}.");
    }

    private sealed class Fixed : UnitSelection
    {
        private readonly int[] _units;

        public override string ToString() => $"Indices({string.Join(", ", _units.Select(unit => FormattableString.Invariant($"{unit}")))})";

        public Fixed(IReadOnlyList<int> units)
        {
            ArgumentNullException.ThrowIfNull(units);
            _units = [.. units];
            _ = ParameterSlice.Rows(_units); // its checks are ours
        }

        private protected override int[] Select(Head head, ResetContext context) => _units;
    }

    private sealed class Matching(Func<int, bool> condition, string factory) : UnitSelection
    {
        public override string ToString() => factory;

        private protected override int[] Select(Head head, ResetContext context)
        {
            var unitCount = head.UnitCount;
            var units = Enumerable.Range(0, unitCount).Where(condition).ToArray();
            return units.Length > 0
                ? units
                : throw new InvalidOperationException($"The selection is empty: the condition holds for none of {unitCount} units.");
        }
    }
}
