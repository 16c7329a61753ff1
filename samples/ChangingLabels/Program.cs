// A stream whose labels change while the inputs stay. In every task each character gets another label, drawn at random, and the drawings
// are learned in a few passes. What a network has learned about drawings stays useful; what its last layer knows of labels becomes wrong.
// Two kinds of network go through this, alike but for one line: it resets the last layer when a task begins. Online accuracy is counted:
// is a drawing recognized right before it is learned from?
//   dotnet run -c Release --project samples/ChangingLabels                   draws invented characters
//   dotnet run -c Release --project samples/ChangingLabels -- path/to/mnist  reads handwritten digits
using ChangingLabels;
using ScottPlot;
using Zapping.Training;
using Zapping.Training.Data;
using Zapping.Training.Optimizers;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static Zapping.Training.BoundaryKind;

return CommandLine.Create(Compare).Parse(args).Invoke();

static void Compare(LabeledData data, int tasks, int seeds)
{
    set_num_threads(1); // tensors as small as these are computed sooner than threads meet
    Fonts.AddFontFile("DejaVu Sans", Path.Combine(AppContext.BaseDirectory, "DejaVuSans.ttf")); // small systems have none
    Fonts.Default = "DejaVu Sans";
    using var picture = new Plot();
    double[] numbers = [.. Enumerable.Range(1, tasks)];
    foreach (var (name, zap, color) in new[] { ("without resets", false, "#D55E00"), ("with resets", true, "#0072B2") })
    {
        var runs = Enumerable.Range(1, seeds).Select(seed => Learn(data, tasks, seed, zap)).ToList();
        double[] Over(Func<IEnumerable<double>, double> seedsOf) => [.. Enumerable.Range(0, tasks).Select(task => seedsOf(runs.Select(run => run[task])))];
        var mean = Over(Enumerable.Average);
        Console.WriteLine($"{name}: {mean[0]:p0} recognized in task 1, {mean[^1]:p0} in task {tasks}");
        var line = picture.Add.Scatter(numbers, mean, Color.FromHex(color));
        line.LineWidth = 2.5f;
        line.MarkerSize = 0;
        line.LegendText = name;
        var spread = picture.Add.FillY(numbers, Over(Enumerable.Min), Over(Enumerable.Max));
        spread.FillColor = line.Color.WithAlpha(0.2);
        spread.LineWidth = 0;
    }

    picture.Axes.SetLimitsY(0, 1);
    picture.Axes.Left.TickGenerator = new ScottPlot.TickGenerators.NumericAutomatic { LabelFormatter = share => $"{share:p0}" };
    picture.Title($"{data.Name} whose labels change with every task: mean, lowest and highest of {seeds} seeds", size: 14);
    picture.Axes.Title.Label.Bold = false;
    picture.XLabel("task");
    picture.YLabel("online accuracy");
    picture.ShowLegend(Alignment.LowerRight);
    Directory.CreateDirectory("out");
    Console.WriteLine($"See {picture.SavePng(Path.Combine("out", "changing-labels.png"), 800, 500).Path}");
}

static double[] Learn(LabeledData data, int tasks, int seed, bool zap)
{
    using var scope = NewDisposeScope();
    random.manual_seed(seed);
    var model = Sequential(
        ("hidden1", Linear(784, 100)), ("relu1", ReLU()), ("hidden2", Linear(100, 100)), ("relu2", ReLU()), ("head", Linear(100, data.Classes)));
    using var trainer = new ContinualTrainer(model, new FusedAdam(model.parameters(), 1e-3));
    if (zap)
    {
        trainer.UseZapping(every: new(TaskBoundary) { SkipFirst = true }, ZapOptions.Recommended with { Head = "head" }); // all there is to it
    }

    var online = new OnlineAccuracy();
    trainer.UseObserver(online);
    var accuracies = new double[tasks];
    for (var task = 0; task < tasks; task++)
    {
        using var temporary = NewDisposeScope();
        var (images, classes) = data.Draw();
        var labels = randperm(data.Classes)[classes]; // every class gets another label
        trainer.BeginTask();
        trainer.Fit(new ShuffledBatches(images, labels, batchSize: 16), data.Epochs);
        accuracies[task] = online.Take();
    }

    return accuracies;
}
