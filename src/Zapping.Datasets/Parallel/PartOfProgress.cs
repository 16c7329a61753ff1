namespace Zapping.Datasets;

/// <summary>Reports a part of some work as a share of the whole.</summary>
internal sealed class PartOfProgress(IProgress<double> whole, double start, double share) : IProgress<double>
{
    /// <summary>Null when nobody listens.</summary>
    public static PartOfProgress? Of(IProgress<double>? whole, double start, double share) =>
        whole is null ? null : new PartOfProgress(whole, start, share);

    public void Report(double value) => whole.Report(start + (share * value));
}
