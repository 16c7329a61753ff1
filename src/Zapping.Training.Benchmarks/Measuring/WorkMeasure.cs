using System.Globalization;

namespace Zapping.Training.Benchmarks;

/// <summary>What a process that did some work prints.</summary>
/// <param name="Milliseconds">Median of one piece of work, after one to warm up.</param>
/// <param name="PeakMiB">The most memory the process had resident; 0 if it does not know.</param>
internal readonly record struct WorkMeasure(double Milliseconds, double PeakMiB)
{
    public static WorkMeasure Parse(string printed)
    {
        var numbers = printed.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            .Select(number => double.Parse(number, CultureInfo.InvariantCulture)).ToArray();
        return new WorkMeasure(numbers[0], numbers[1]);
    }

    public override string ToString() => $"{Milliseconds:f4} {PeakMiB:f0}";
}
