namespace Zapping.Training;

/// <summary>Which output units (rows of the classifier) a reset is about.</summary>
public abstract class UnitSelection
{
    /// <summary>The classes that the boundary names; an exception where it names none.</summary>
    public static UnitSelection BoundaryClasses { get; } = new AtBoundary();

    /// <summary>Every unit.</summary>
    public static UnitSelection All { get; } = new Matching(_ => true, "all units");

    /// <summary>A new random choice at each reset, every subset equally likely, unused units included.</summary>
    /// <param name="count">How many, at least 1.</param>
    public static UnitSelection Random(int count) => new RandomUnits(count);

    /// <summary>Always the same units.</summary>
    /// <param name="units">Distinct unit numbers, at least one.</param>
    public static UnitSelection These(params IReadOnlyList<int> units) => new Fixed(units);

    /// <summary>The units for which a condition holds at the time of the reset.</summary>
    /// <param name="condition">Called with each unit number.</param>
    public static UnitSelection Where(Func<int, bool> condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        return new Matching(condition, "the condition");
    }

    /// <summary>Chooses among units 0 to <paramref name="unitCount"/> - 1.</summary>
    internal abstract int[] Choose(int unitCount, ResetContext context);

    private sealed class AtBoundary : UnitSelection
    {
        public override string ToString() => "the classes of the boundary";

        internal override int[] Choose(int unitCount, ResetContext context)
        {
            int[] classes = [.. context.Boundary.Classes.Distinct()]; // one may come twice in a task
            if (classes.Length == 0)
            {
                throw new InvalidOperationException(
                    $"The selection is empty: {context.Boundary} names no classes. Signal it with its classes, "
                    + $"or choose {nameof(UnitSelection)}.{nameof(All)}, {nameof(Random)} or {nameof(These)}.");
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

        public override string ToString() => $"{_count} at random";

        public RandomUnits(int count)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
            _count = count;
        }

        internal override int[] Choose(int unitCount, ResetContext context) => _count <= unitCount
            ? context.Noise("units").Choose(_count, unitCount)
            : throw new InvalidOperationException(
                $"{_count} random units were asked for, but the classifier has only {unitCount}.");
    }

    private sealed class Fixed : UnitSelection
    {
        private readonly int[] _units;

        public override string ToString() => string.Join(", ", _units);

        public Fixed(IReadOnlyList<int> units)
        {
            ArgumentNullException.ThrowIfNull(units);
            _units = [.. units];
            _ = ParameterSlice.Rows(_units); // its checks are ours
        }

        internal override int[] Choose(int unitCount, ResetContext context) => _units;
    }

    private sealed class Matching(Func<int, bool> condition, string name) : UnitSelection
    {
        public override string ToString() => name;

        internal override int[] Choose(int unitCount, ResetContext context)
        {
            var units = Enumerable.Range(0, unitCount).Where(condition).ToArray();
            return units.Length > 0
                ? units
                : throw new InvalidOperationException($"The selection is empty: {name} holds for none of {unitCount} units.");
        }
    }
}
