using PaperCurves.Data;
using PaperCurves.Pretraining;
using Zapping.Training;
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

    private TransferTask Task(TransferSettings settings, int trial, ImageSet set, int[] candidates, Range chosen)
    {
        if (settings.Classes > candidates.Length || settings.Support + settings.Query > set.ImagesPerClass)
        {
            throw new DataException(
                $"{settings.Classes} transfer classes of {settings.Support} support and {settings.Query} query images are asked for, but there are "
                + $"{candidates.Length} of {set.ImagesPerClass} images.");
        }

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
