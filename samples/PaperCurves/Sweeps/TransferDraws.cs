using PaperCurves.Pretraining;
using Zapping.Datasets;
using Zapping.Training.Transfer;
using static TorchSharp.torch;

namespace PaperCurves.Sweeps;

/// <summary>
/// The trials of a data set: each puts all its transfer classes into a random order and splits their images. Tests take the
/// first classes of the order. Validation takes classes that pre-training has left out or, if it has left out none, the last
/// of the order, so that it shares none with the same trial's test of as many classes as remain; with other trials' it does.
/// </summary>
/// <param name="data">The data set.</param>
/// <param name="device">Where tensors go.</param>
public sealed class TransferDraws(ClassificationData data, Device device)
{
    private const ulong PublishedSeed = 12345;

    /// <summary>The images of one trial.</summary>
    /// <param name="settings">How many classes, support and query images.</param>
    /// <param name="trial">Which, counted from 1.</param>
    /// <param name="pool">Of which classes.</param>
    /// <param name="plan">What pre-training has seen.</param>
    /// <exception cref="DataException">The data set has too few classes or images.</exception>
    public TransferTask Task(TransferSettings settings, int trial, ClassPool pool, PretrainingPlan plan)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var leftOut = pool == ClassPool.Validation ? PretrainingSplit.LeftOut(plan, data.Training) : [];
        return leftOut.Length > 0
            ? Task(settings, trial, data.Training, leftOut, Range.EndAt(settings.Classes))
            : Task(
                settings,
                trial,
                data.Transfer,
                [.. Enumerable.Range(0, data.Transfer.ClassCount)],
                pool == ClassPool.Test ? Range.EndAt(settings.Classes) : Range.StartAt(^settings.Classes));
    }

    /// <summary>Checks whether a network can be tested on a data set, before it is trained.</summary>
    /// <param name="plan">How the network is, or will be, trained.</param>
    /// <param name="data">The data set.</param>
    /// <param name="classes">Classes of the test.</param>
    /// <param name="support">Support images of each.</param>
    /// <param name="query">Query images of each.</param>
    /// <exception cref="DataException">Classes, images or units are too few, or the images are of another kind.</exception>
    public static void EnsureFit(PretrainingPlan plan, ClassificationData data, int classes, int support, int query)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(data);
        EnsureEnough(classes, support, query, data.Transfer.ClassCount, data.Transfer.ImagesPerClass);
        if ((plan.ImageSize, plan.Channels) != (data.Size, data.Channels))
        {
            throw new DataException(
                $"the network was trained on {plan.Data}, images of {plan.ImageSize}x{plan.ImageSize} with {plan.Channels} channels; {data.Name} has {data.Size}x{data.Size} with {data.Channels}.");
        }

        if (classes > plan.Units)
        {
            throw new DataException($"{classes} transfer classes are asked for, but the network's classifier has {plan.Units} units. Take the preset by which it was trained.");
        }
    }

    private static void EnsureEnough(int classes, int support, int query, int classesThere, int imagesThere)
    {
        if (classes > classesThere || support + query > imagesThere)
        {
            throw new DataException(
                $"{classes} transfer classes of {support} support and {query} query images are asked for, but there are {classesThere} of {imagesThere} images.");
        }
    }

    private TransferTask Task(TransferSettings settings, int trial, ImageSet set, int[] candidates, Range chosen)
    {
        EnsureEnough(settings.Classes, settings.Support, settings.Query, candidates.Length, set.ImagesPerClass);
        var sampler = new TransferSampler(
            [.. candidates.Select(_ => set.ImagesPerClass)],
            new TransferSamplerOptions
            {
                Classes = candidates.Length,
                SupportExamples = settings.Support,
                QueryExamples = settings.Query,
                Seed = PublishedSeed,
            });
        var draw = sampler.Draw(trial - 1);
        var classes = draw.Classes.Select(c => candidates[c]).ToArray()[chosen];
        return new TransferTask(Tensors(draw.Support), Tensors(draw.Query), classes.Length);

        Tensor Tensors(IReadOnlyList<IReadOnlyList<int>> images)
        {
            var (inputs, labels) = Images.ToTensors(set, classes, [.. images.ToArray()[chosen].Select(i => i.ToArray())], device);
            labels.Dispose();
            return inputs;
        }
    }
}
