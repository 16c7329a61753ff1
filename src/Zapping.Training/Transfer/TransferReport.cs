namespace Zapping.Training.Transfer;

/// <summary>Gathers the evaluations of a transfer and tells how far it is.</summary>
internal sealed class TransferReport(long totalExamples, IProgress<TransferProgress>? progress)
{
    private readonly List<TransferEvaluation> _evaluations = [];
    private long _examples;

    public TransferResult Result => new([.. _evaluations]);

    public void Advance(long examples)
    {
        _examples += examples;
        Tell();
    }

    public void Add(TransferEvaluation evaluation)
    {
        _evaluations.Add(evaluation);
        Tell();
    }

    private void Tell() => progress?.Report(new TransferProgress(_examples, totalExamples, _evaluations.Count > 0 ? _evaluations[^1] : null));
}
