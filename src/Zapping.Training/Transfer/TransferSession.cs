using TorchSharp;
using TorchSharp.Modules;
using Zapping.Training.Heads;
using Zapping.Training.Native;
using Zapping.Training.Optimizers;
using Zapping.Training.Steps;
using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training.Transfer;

/// <summary>
/// A model made ready for one transfer: in eval mode, with a fresh classifier of enough units, everything but the trained
/// parameters frozen. If the classifier alone is trained, it stands for the model, and features for the examples.
/// </summary>
/// <remarks>The constructor only reads; nothing is written before <see cref="GrowHead"/> or <see cref="Begin"/>.</remarks>
internal sealed class TransferSession : IDisposable
{
    private readonly TransferTask _task;
    private readonly TransferOptions _options;
    private readonly nn.Module<Tensor, Tensor> _whole;
    private readonly HeadSelector _head;
    private readonly EvalModeScope _mode;
    private readonly TransferTask? _features;
    private readonly List<Parameter> _frozen = [];
    private readonly IReadOnlyList<Parameter> _trained;

    public TransferSession(nn.Module<Tensor, Tensor> model, TransferTask task, TransferOptions options, CancellationToken cancellationToken)
    {
        if (options is FineTuningOptions)
        {
            GradientMode.EnsureOn();
        }

        (_whole, _task, _options) = (model, task, options);
        var head = options.Head.Find(model);
        // A selector may go by the number of units, which growing changes.
        _head = HeadSelector.Parameter(() => head.Weight, () => head.Bias);
        var onlyHead = options is not FineTuningOptions { Trainable: TrainableParameters.Named };
        _trained = options is FineTuningOptions { Trainable: TrainableParameters.Named named } ? named.Parameters.Resolve(model)
            : head.Bias is { } bias ? [head.Weight, bias] : [head.Weight];
        if (options is FineTuningOptions && !_trained.Any(parameter => parameter.requires_grad))
        {
            throw new InvalidOperationException(
                $"Nothing is left to train: none of the {_trained.Count} parameters that {nameof(FineTuningOptions.Trainable)} names requires gradients.");
        }

        _mode = new EvalModeScope(model);
        try
        {
            Layer = HeadLayer.TryFind(model, head);
            _features = onlyHead && Layer is { } layer ? Features(layer, cancellationToken) : null;
            Model = _features is null ? model : Layer!;
            using Scalar first = 0L;
            using Scalar end = (long)task.ClassCount;
            using Scalar step = 1L;
            using var positions = arange(first, end, step, ScalarType.Int64, Support.device);
            SupportLabels = positions.repeat_interleave(task.SupportExamples).DetachFromDisposeScope();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>What is trained and evaluated on <see cref="Support"/> and the query examples: the model, or its classifier.</summary>
    public nn.Module<Tensor, Tensor> Model { get; }

    /// <summary>The classifier, if it is a linear layer.</summary>
    public Linear? Layer { get; }

    /// <summary>[classes * s, …], class by class.</summary>
    public Tensor Support => (_features ?? _task).Support;

    /// <summary>[classes * s].</summary>
    public Tensor SupportLabels { get; } = null!;

    public TransferTask Task => _features ?? _task;

    /// <summary>Mean cross-entropy over the units that take part; null for the default, which is over all.</summary>
    public Func<Tensor, Tensor, Tensor>? Loss => _options.ClassMask == ClassMask.All
        ? null
        : (outputs, labels) => ClassLoss.CrossEntropy(Competing(outputs), labels);

    /// <summary>Gives the classifier a unit for each class of the task, if it has fewer.</summary>
    public void GrowHead()
    {
        if (_head.Find(_whole).UnitCount < _task.ClassCount)
        {
            HeadGrowth.Grow(_whole, _head, _task.ClassCount, [], new HeadGrowthOptions { Seed = _options.Seed });
        }
    }

    /// <summary>Grows the classifier, gives it its fresh start, and freezes what is not trained.</summary>
    public void Begin()
    {
        GrowHead();
        Reset();
        Freeze();
    }

    public optim.Optimizer CreateOptimizer(FineTuningOptions options) =>
        options.Optimizer?.Invoke(_trained, options.LearningRate) ?? new FusedAdam(_trained, options.LearningRate);

    public TransferEvaluation Evaluate(long steps, int classesSeen, bool isLast, CancellationToken cancellationToken)
    {
        var query = Measure(Task.Query, Task.QueryExamples, classesSeen, cancellationToken);
        var withSupport = _options.EvaluateSupport switch
        {
            SupportEvaluation.Always => true,
            SupportEvaluation.AtTheEnd => isLast,
            _ => false,
        };
        var support = withSupport
            ? Measure(Task.Support, Task.SupportExamples, classesSeen, cancellationToken)
            : null;
        return new TransferEvaluation(steps, classesSeen, query, support);
    }

    public void Dispose()
    {
        _frozen.ForEach(parameter => parameter.requires_grad = true);
        _mode.Dispose();
        _features?.Dispose();
        SupportLabels?.Dispose();
    }

    private void Reset()
    {
        if (_options.HeadInitializer is { } weights)
        {
            var everything = new ZapOptions { Head = _head, Units = UnitSelection.All, Weights = weights, Bias = BiasReset.Zero };
            ZapScheduler.ResetNow(_whole, [], new ZapPolicy(everything), _options.Seed);
        }
    }

    private TransferTask? Features(Linear layer, CancellationToken cancellationToken)
    {
        if (ReferenceEquals(layer, _whole))
        {
            return null;
        }

        using var inputs = new FeatureExtractor(_whole, layer);
        return inputs.Suffice(_task.Support) ? _task.ExtractFeatures(inputs, _options.EvaluationBatchSize, cancellationToken) : null;
    }

    private void Freeze()
    {
        var trained = _trained.Select(parameter => TensorIdentity.Of(parameter)).ToHashSet();
        foreach (var parameter in _whole.parameters())
        {
            if (parameter.requires_grad && !trained.Contains(TensorIdentity.Of(parameter)))
            {
                parameter.requires_grad = false;
                _frozen.Add(parameter);
            }
        }
    }

    private Tensor Competing(Tensor outputs) => _options.ClassMask == ClassMask.All ? outputs : outputs.narrow(1, 0, _task.ClassCount);

    private ClassAccuracies Measure(Tensor examples, int perClass, int classes, CancellationToken cancellationToken)
    {
        using var noGrad = no_grad();
        var count = classes * (long)perClass;
        var hits = new int[classes];
        var topFive = new int[classes];
        for (long start = 0; start < count; start += _options.EvaluationBatchSize)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var length = Math.Min(_options.EvaluationBatchSize, count - start);
            var outputs = Competing(Model.call(examples.narrow(0, start, length)));
            var best = outputs.topk((int)Math.Min(5, outputs.size(1)), 1).indexes.cpu();
            var width = (int)best.size(1);
            var units = best.data<long>().ToArray();
            for (var i = 0; i < length; i++)
            {
                var position = (int)((start + i) / perClass);
                var place = Array.IndexOf(units, position, i * width, width) - (i * width);
                hits[position] += place == 0 ? 1 : 0;
                topFive[position] += place >= 0 ? 1 : 0;
            }
        }

        return new ClassAccuracies(perClass, hits, topFive);
    }
}
