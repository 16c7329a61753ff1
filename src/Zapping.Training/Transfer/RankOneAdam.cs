using System.Runtime.Intrinsics;
using TorchSharp;
using TorchSharp.Modules;
using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training.Transfer;

/// <summary>
/// Trains a linear classifier on the CPU, one example to a step, without ever writing the gradient down: it is the outer
/// product of (softmax - one-hot) and the features, so each weight's gradient is one multiplication, made while its moments
/// are updated. In the same pass over memory the new weights meet the next example, so that each step reads and writes
/// weights and moments once. Adam after Kingma and Ba (2015), betas 0.9 and 0.999, eps 1e-8.
/// </summary>
internal sealed unsafe class RankOneAdam : IDisposable
{
    private const float Beta1 = 0.9f;
    private const float Beta2 = 0.999f;
    private const float Eps = 1e-8f;

    private readonly int _units;
    private readonly int _width;
    private readonly double _learningRate;
    private readonly Tensor _moments;
    private readonly float* _weight;
    private readonly float* _bias;
    private readonly float* _first;
    private readonly float* _second;
    private readonly float* _biasFirst;
    private readonly float* _biasSecond;
    private readonly float[] _logits;
    private readonly ParallelOptions _parallel = new() { MaxDegreeOfParallelism = get_num_threads() };
    private int _step;

    /// <summary>Makes a learner for a head that it can learn and that outlives it.</summary>
    /// <param name="head">The classifier.</param>
    /// <param name="units">How many of its units, from the first, take part in the softmax.</param>
    /// <param name="learningRate">Adam's.</param>
    public RankOneAdam(Linear head, int units, double learningRate)
    {
        _units = units;
        _width = (int)head.weight.size(1);
        _learningRate = learningRate;
        _logits = new float[_units];

        // libtorch never moves a tensor's memory, so plain pointers stay good for as long as the tensors live.
        _weight = (float*)TensorMemory.AddressOf(head.weight);
        _bias = (float*)TensorMemory.AddressOf(head.bias!);
        _moments = zeros(2 * ((_units * (long)_width) + _units)).DetachFromDisposeScope();
        _first = (float*)TensorMemory.AddressOf(_moments);
        _second = _first + (_units * (long)_width);
        _biasFirst = _second + (_units * (long)_width);
        _biasSecond = _biasFirst + _units;
    }

    /// <summary>Steps made.</summary>
    public int Steps => _step;

    /// <summary>Whether the memory of a head and of its inputs can be reached, and has the layout that is expected here.</summary>
    public static bool CanLearn(Linear head, Tensor features) =>
        head.bias is { } bias
        && head.weight.requires_grad && bias.requires_grad
        && IsPlain(head.weight) && IsPlain(bias) && IsPlain(features)
        && features.dim() == 2 && features.size(1) == head.weight.size(1);

    /// <summary>Makes one step for each of some examples of one class.</summary>
    /// <param name="features">[n, features], contiguous.</param>
    /// <param name="start">The first of them.</param>
    /// <param name="count">How many.</param>
    /// <param name="label">Their class.</param>
    /// <exception cref="NonFiniteStepException">The loss is NaN or infinite; that step has not been made.</exception>
    public void Learn(Tensor features, int start, int count, int label)
    {
        var image = (float*)TensorMemory.AddressOf(features) + (start * (long)_width);
        ForEachRow(row => _logits[row] = Dot(_weight + (row * (long)_width), image) + _bias[row]);
        for (var i = 0; i < count; i++, image += _width)
        {
            var isLast = i + 1 == count;
            Step(image, isLast ? image : image + _width, label);
        }
    }

    public void Dispose() => _moments.Dispose();

    private static bool IsPlain(Tensor tensor) =>
        tensor.device_type == DeviceType.CPU && tensor.dtype == ScalarType.Float32 && tensor.is_contiguous()
        && tensor.numel() <= int.MaxValue / sizeof(float); // more than TorchSharp gives a span of

    private void Step(float* image, float* next, int label)
    {
        ToError(label);
        _step++;
        var stepSize = (float)(_learningRate / (1 - Math.Pow(Beta1, _step)));
        var rootCorrection = (float)(1 / Math.Sqrt(1 - Math.Pow(Beta2, _step)));
        ForEachRow(row => _logits[row] = Update(row, image, next, _logits[row], stepSize, rootCorrection));
    }

    // Rows do not depend on each other, so the result is the same for every number of threads.
    private void ForEachRow(Action<int> action)
    {
        var chunks = _parallel.MaxDegreeOfParallelism;
        Parallel.For(0, chunks, _parallel, chunk =>
        {
            for (var row = _units * chunk / chunks; row < _units * (chunk + 1) / chunks; row++)
            {
                action(row);
            }
        });
    }

    private float Dot(float* a, float* b)
    {
        var sum = Vector512<float>.Zero;
        var i = 0;
        for (; i <= _width - Vector512<float>.Count; i += Vector512<float>.Count)
        {
            sum += Vector512.Load(a + i) * Vector512.Load(b + i);
        }

        var total = Vector512.Sum(sum);
        for (; i < _width; i++)
        {
            total += a[i] * b[i];
        }

        return total;
    }

    // Softmax minus one-hot, in place.
    private void ToError(int label)
    {
        var max = float.NegativeInfinity;
        foreach (var logit in _logits)
        {
            max = Math.Max(max, logit);
        }

        var own = _logits[label] - max;
        var sum = 0.0;
        foreach (ref var logit in _logits.AsSpan())
        {
            logit = MathF.Exp(logit - max);
            sum += logit;
        }

        var loss = Math.Log(sum) - own;
        if (!double.IsFinite(loss))
        {
            throw new NonFiniteStepException(loss, _step, TrainingBoundary.Class(label, label));
        }

        foreach (ref var logit in _logits.AsSpan())
        {
            logit = (float)(logit / sum);
        }

        _logits[label] -= 1;
    }

    /// <returns>The unit's output for the next image.</returns>
    private float Update(int row, float* image, float* next, float error, float stepSize, float rootCorrection)
    {
        var offset = row * (long)_width;
        var weight = _weight + offset;
        var first = _first + offset;
        var second = _second + offset;
        var sum = Vector512<float>.Zero;
        var i = 0;
        for (; i <= _width - Vector512<float>.Count; i += Vector512<float>.Count)
        {
            var gradient = Vector512.Load(image + i) * error;
            var m = (Vector512.Load(first + i) * Beta1) + (gradient * (1 - Beta1));
            var v = (Vector512.Load(second + i) * Beta2) + (gradient * gradient * (1 - Beta2));
            m.Store(first + i);
            v.Store(second + i);
            var denominator = (Vector512.Sqrt(v) * rootCorrection) + Vector512.Create(Eps);
            var w = Vector512.Load(weight + i) - (m * stepSize / denominator);
            w.Store(weight + i);
            sum += w * Vector512.Load(next + i);
        }

        var total = Vector512.Sum(sum);
        for (; i < _width; i++)
        {
            UpdateOne(image[i] * error, ref weight[i], ref first[i], ref second[i], stepSize, rootCorrection);
            total += weight[i] * next[i];
        }

        UpdateOne(error, ref _bias[row], ref _biasFirst[row], ref _biasSecond[row], stepSize, rootCorrection);
        return total + _bias[row];
    }

    private static void UpdateOne(
        float gradient, ref float weight, ref float first, ref float second, float stepSize, float rootCorrection)
    {
        first = (first * Beta1) + (gradient * (1 - Beta1));
        second = (second * Beta2) + (gradient * gradient * (1 - Beta2));
        weight -= first * stepSize / ((MathF.Sqrt(second) * rootCorrection) + Eps);
    }
}
