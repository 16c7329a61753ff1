using System.Diagnostics;
using MathNet.Numerics.Statistics;

namespace Zapping.Training.Benchmarks;

/// <summary>Times pieces of work in milliseconds, each until the device is done with it.</summary>
internal static class Times
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(0.5);

    /// <summary>Of one piece.</summary>
    public static double Of(Action piece)
    {
        Machine.Wait();
        var started = Stopwatch.GetTimestamp();
        piece();
        Machine.Wait();
        return 1000.0 * (Stopwatch.GetTimestamp() - started) / Stopwatch.Frequency; // a TimeSpan knows no less than 100 ns
    }

    /// <summary>The median of at least so many pieces, and of as many more as half a second has room for.</summary>
    public static double Median(int atLeast, Action piece)
    {
        var times = new List<double>();
        Repeat(atLeast, () => times.Add(Of(piece)));
        return times.Median();
    }

    /// <summary>The same after one piece to warm up.</summary>
    public static double WarmMedian(int atLeast, Action piece)
    {
        piece();
        return Median(atLeast, piece);
    }

    /// <summary>
    /// Does two pieces in turn, so that a drift of the machine's speed meets both, and each as often before the other as
    /// after it, because of what one leaves in the caches; as often as for <see cref="Median"/>.
    /// </summary>
    public static (double[] First, double[] Second) InTurn(int atLeast, Action first, Action second)
    {
        first();
        second();
        var times = (First: new List<double>(), Second: new List<double>());
        Repeat(atLeast, () =>
        {
            if (times.First.Count % 2 == 0)
            {
                times.First.Add(Of(first));
                times.Second.Add(Of(second));
            }
            else
            {
                times.Second.Add(Of(second));
                times.First.Add(Of(first));
            }
        });
        return ([.. times.First], [.. times.Second]);
    }

    private static void Repeat(int atLeast, Action piece)
    {
        var started = Stopwatch.GetTimestamp();
        for (var done = 0; done < atLeast || Stopwatch.GetElapsedTime(started) < Long; done++)
        {
            piece();
        }
    }
}
