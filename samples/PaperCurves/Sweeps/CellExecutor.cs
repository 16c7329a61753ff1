using System.Diagnostics;
using System.Globalization;
using PaperCurves.Pretraining;
using PaperCurves.Progress;
using TorchSharp;
using Zapping.CommandLine;
using Zapping.Datasets;
using Zapping.Models;
using Zapping.Training;
using Zapping.Training.Transfer;
using static TorchSharp.torch;

namespace PaperCurves.Sweeps;

/// <summary>
/// Makes networks and transfers them with the library's protocols. The network and the features of the cell before are kept,
/// because the next cell often differs in the learning rate alone.
/// </summary>
public sealed class CellExecutor(ClassificationData data, Device device) : ICellExecutor, IDisposable
{
    private readonly TransferDraws _draws = new(data, device);
    private (string Folder, ImageClassifier Model)? _network;
    private (object Key, TransferTask Task)? _task;
    private (object Key, TransferTask Task)? _features;

    /// <inheritdoc/>
    public void Pretrain(NetworkCell cell, string folder, IProgressReporter reporter, CancellationToken cancellationToken) =>
        PretrainingFolder.Complete(cell.Plan, data, folder, device, reporter, cancellationToken);

    /// <inheritdoc/>
    public CellResult Transfer(TransferCell cell, string networkFolder, IProgressReporter reporter, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        var settings = cell.Settings;
        using var line = reporter.Begin(cell.Title, Examples(settings), "images");
        var result = Transfer(cell, networkFolder, line, cancellationToken);
        return new CellResult
        {
            Cell = cell.Id,
            Network = cell.Network.Network,
            Seed = cell.Network.Plan.Seed,
            Transfer = cell.Transfer,
            Trial = cell.Trial,
            LearningRate = cell.LearningRate,
            Pool = cell.Pool,
            Settings = settings,
            Plan = cell.Network.Plan,
            Data = data.Name,
            Points = [.. result.Evaluations.Select(CellPoint.Of)],
            Seconds = watch.Elapsed.TotalSeconds,
            Circumstances = new Circumstances(),
        };
    }

    private TransferResult Transfer(TransferCell cell, string networkFolder, IProgressLine line, CancellationToken cancellationToken)
    {
        try
        {
            return cell.Settings.Trains == Trained.Head || cell.Settings.Protocol == TransferProtocol.LeastSquares
                ? TransferHead(cell, networkFolder, line, cancellationToken)
                : TransferAll(cell, networkFolder, line, cancellationToken);
        }
        catch (NonFiniteStepException failure)
        {
            throw new DivergenceException(
                FormattableString.Invariant(
                    $"{cell.Title}: the transfer diverged: the loss is {failure.Loss} at step {failure.Step}, after {failure.Boundary?.ToString() ?? "no boundary"}. Try a lower learning rate than {cell.LearningRate:g}. ")
                + $"The network in {networkFolder} is as it was, and what was finished before is saved.",
                failure);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _network?.Model.Dispose();
        _task?.Task.Dispose();
        _features?.Task.Dispose();
    }

    private static double Examples(TransferSettings settings) => settings.Protocol switch
    {
        TransferProtocol.Iid => (double)settings.Classes * settings.Support * settings.Epochs,
        _ => (double)settings.Classes * settings.Support,
    };

    private TransferResult TransferAll(TransferCell cell, string networkFolder, IProgressLine line, CancellationToken cancellationToken)
    {
        using var model = Network(networkFolder).Copy();
        return Run(cell, model, model.Classifier, Task(cell), line, cancellationToken);
    }

    // A classifier of its own on features: the network stands still, so they are the same for every learning rate.
    private TransferResult TransferHead(TransferCell cell, string networkFolder, IProgressLine line, CancellationToken cancellationToken)
    {
        var network = Network(networkFolder);
        var key = (networkFolder, KeyOf(cell));
        if (_features is not { } kept || !kept.Key.Equals(key))
        {
            _features?.Task.Dispose();
            _features = null;
            _features = (key, Task(cell).ExtractFeatures(network, HeadSelector.Layer(network.Classifier), cancellationToken: cancellationToken));
        }

        using var head = nn.Linear(network.FeatureCount, network.Units, device: device);
        return Run(cell, head, head, _features.Value.Task, line, cancellationToken);
    }

    private static TransferResult Run(
        TransferCell cell, nn.Module<Tensor, Tensor> model, TorchSharp.Modules.Linear head, TransferTask task, IProgressLine line, CancellationToken cancellationToken)
    {
        var settings = cell.Settings;
        var progress = new Relay(line);
        return settings.Protocol switch
        {
            TransferProtocol.Sequential => SequentialTransfer.Run(
                model, task, Common(new SequentialTransferOptions { EvaluationPeriod = settings.EvaluateEvery }), progress, cancellationToken),
            TransferProtocol.Iid => IidTransfer.Run(model, task, Iid(), progress, cancellationToken),
            _ => LeastSquaresTransfer.Run(model, task, Start(new TransferOptions()), cancellationToken),
        };

        IidTransferOptions Iid()
        {
            var options = Common(new IidTransferOptions { BatchSize = settings.BatchSize, Epochs = settings.Epochs, EvaluationSteps = [.. settings.EvaluateAt] });
            options.MicroBatchSize = model is ImageClassifier { MixesImages: false } ? ImageClassifier.ImagesAtATime : null;
            return options;
        }

        TOptions Common<TOptions>(TOptions options)
            where TOptions : FineTuningOptions
        {
            options.LearningRate = cell.LearningRate!.Value;
            return Start(options);
        }

        TOptions Start<TOptions>(TOptions options)
            where TOptions : TransferOptions
        {
            options.Head = HeadSelector.Layer(head);
            options.Seed = Seeds.Of((ulong)cell.Trial, "transfer");
            options.ClassMask = settings.Softmax;
            options.EvaluateSupport = settings.EvaluateSupport;
            return options;
        }
    }

    private ImageClassifier Network(string folder)
    {
        if (_network?.Folder != folder)
        {
            _network?.Model.Dispose();
            _network = null;
            var (model, _) = PretrainedNetwork.Load(folder);
            model.to(device);
            _network = (folder, model);
        }

        return _network.Value.Model;
    }

    private TransferTask Task(TransferCell cell)
    {
        var key = KeyOf(cell);
        if (_task is not { } kept || !kept.Key.Equals(key))
        {
            _task?.Task.Dispose();
            _task = null;
            _task = (key, _draws.Task(cell.Settings, cell.Trial, cell.Pool, cell.Network.Plan));
        }

        return _task.Value.Task;
    }

    private static object KeyOf(TransferCell cell) =>
        (cell.Settings.Classes, cell.Settings.Support, cell.Settings.Query, cell.Trial, cell.Pool, cell.Network.Plan.Seed, cell.Network.Plan.Classes);

    private sealed class Relay(IProgressLine line) : IProgress<TransferProgress>
    {
        private long _done;

        public void Report(TransferProgress value)
        {
            var note = value.Latest is { } latest
                ? string.Create(CultureInfo.InvariantCulture, $"query accuracy {latest.Query.TopOne:p1} of {latest.ClassesSeen} classes")
                : null;
            line.Advance(value.Examples - _done, note);
            _done = value.Examples;
        }
    }
}
