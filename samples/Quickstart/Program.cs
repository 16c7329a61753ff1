// Zapping in one page. Two networks learn to tell 100 characters apart; they are alike, but one of them forgets its last layer before
// every epoch. Then both meet 20 characters that neither has seen, one after another, and learn a new last layer for them. The learning
// rate of that is chosen on 20 other characters, which neither pre-training nor the test has. One seed: an illustration. Measurements
// are in docs/reproduction.md.
//   dotnet run -c Release --project samples/Quickstart                      draws invented characters
//   dotnet run -c Release --project samples/Quickstart -- path/to/omniglot  reads real ones
using Zapping.Datasets;
using Zapping.Training;
using Zapping.Training.Data;
using Zapping.Training.Optimizers;
using Zapping.Training.Transfer;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static Zapping.Training.BoundaryKind;

const int Characters = 100, NewCharacters = 20, Width = 32, Epochs = 8;

if (args is [var path, ..] && !Omniglot.IsPresent(path))
{
    Console.Error.WriteLine($"Usage: Quickstart [folder with images_background and images_evaluation of Omniglot]. They are not in '{path}'.");
    return 2;
}

set_num_threads(1); // tensors as small as these are computed sooner than threads meet

var data = args is [var folder] ? Omniglot.Load(folder) : SyntheticGlyphs.Create(Characters + NewCharacters, NewCharacters);
var known = Drawings(data.Training, first: 0, Characters);
var heldOut = Drawings(data.Training, first: Characters, NewCharacters);
var test = Drawings(data.Transfer, first: 0, NewCharacters);

var curves = new List<TransferResult>();
foreach (var zap in new[] { false, true })
{
    using var model = Pretrain(zap);
    var rate = new[] { 3e-5, 1e-4, 3e-4, 1e-3, 3e-3 }.MaxBy(rate => Transfer(model, heldOut, rate).Final.Query.TopOne);
    var result = Transfer(model, test, rate);
    var name = zap ? "with zapping" : "without zapping";
    Console.WriteLine($"{name}: {result.Final.Query.TopOne:p1} of drawings of {result.Final.ClassesSeen} new characters are recognized (learning rate {rate})");
    curves.Add(result);
}

Console.WriteLine("new characters learned so far, and how many of their drawings are recognized without and with zapping:");
foreach (var (without, with) in curves[0].Evaluations.Zip(curves[1].Evaluations).Where(pair => pair.First.ClassesSeen % 4 == 0))
{
    Console.WriteLine($"{without.ClassesSeen,4}{without.Query.TopOne,8:p0}{with.Query.TopOne,8:p0}");
}

return 0;

Module<Tensor, Tensor> Pretrain(bool zap)
{
    random.manual_seed(1);
    var model = Sequential(
        ("conv1", Conv2d(1, Width, 3)), ("norm1", InstanceNorm2d(Width, affine: true)), ("relu1", ReLU()), ("pool1", MaxPool2d(2)),
        ("conv2", Conv2d(Width, Width, 3)), ("norm2", InstanceNorm2d(Width, affine: true)), ("relu2", ReLU()), ("pool2", MaxPool2d(2)),
        ("flatten", Flatten()), ("head", Linear(Width * 25, Characters)));
    using var optimizer = new FusedAdam(model.parameters(), 3e-3);
    using var trainer = new ContinualTrainer(model, optimizer);
    if (zap)
    {
        trainer.UseZapping(every: new(EpochBoundary) { SkipFirst = true }, ZapOptions.Recommended); // all there is to it
    }

    trainer.Fit(new ShuffledBatches(known.Inputs, known.Labels, batchSize: 50), Epochs);
    return model;
}

static TransferResult Transfer(Module<Tensor, Tensor> model, LabeledBatch characters, double rate)
{
    var sampler = new TransferSampler([.. Enumerable.Repeat(20, NewCharacters)], new TransferSamplerOptions { Classes = NewCharacters });
    using var task = TransferTask.Create(sampler.Draw(trial: 0), characters);
    return SequentialTransfer.Run(
        model, task, new SequentialTransferOptions { Trainable = TrainableParameters.Head, LearningRate = rate, EvaluationPeriod = 1 });
}

static LabeledBatch Drawings(ImageSet set, int first, int count)
{
    var (images, labels) = Images.ToTensors(
        set, [.. Enumerable.Range(first, count)], [.. Enumerable.Repeat(Enumerable.Range(0, 20).ToArray(), count)], CPU);
    return new LabeledBatch(images, labels);
}
