// The same program on a GPU, if there is one, and on the CPU, if not.
//   dotnet run -c Release -p:TorchBackend=cuda-linux --project samples/Cuda     (or cuda-windows)
using System.Diagnostics;
using TorchSharp;
using Zapping.Training;
using Zapping.Training.Data;
using Zapping.Training.Optimizers;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static Zapping.Training.BoundaryKind;

var device = cuda.is_available() ? CUDA : CPU;
Console.WriteLine(device.type == DeviceType.CUDA
    ? $"CUDA is there, with {cuda.device_count()} device(s); this runs on the first."
    : "CUDA is not there: this build has no CUDA backend, or the system no NVIDIA driver. This runs on the CPU.");

// 1. The model goes to the device first, and the optimizer is made afterwards: .to() replaces parameters.
random.manual_seed(1);
using var model = Sequential(
    ("conv", Conv2d(1, 32, 3)), ("relu", ReLU()), ("pool", AdaptiveAvgPool2d(4)), ("flat", Flatten()), ("head", Linear(512, 100)));
model.to(device);
using var optimizer = new FusedAdam(model.parameters(), 1e-3); // one kernel for all parameters instead of many

// 2. Data that stay on the CPU are copied while the step before is computed, through pinned memory. Small data: images.to(device).
using var images = rand(2048, 1, 28, 28);
using var labels = randint(100, 2048);
var batches = new ShuffledBatches(images, labels, batchSize: 128).Prefetch(device);

// 3. Resets are drawn on the device: nothing is copied, and the host does not wait. The same seed gives other numbers than on the CPU.
using var trainer = new ContinualTrainer(model, optimizer)
    .UseGradientAccumulation(64) // less memory for activations, if a batch does not fit
    .UseZapping(every: EpochBoundary, zap => zap.Head = HeadSelector.ByName("head"));

// 4. Memory. On the CPU the trainer has told glibc to keep large blocks (ZAPPING_KEEP_LARGE_BLOCKS=0 switches that off). On CUDA
//    libtorch keeps a pool of its own; PYTORCH_ALLOC_CONF=expandable_segments:True helps where it breaks into pieces.
var started = Stopwatch.StartNew();
var summary = trainer.Fit(batches, epochs: 3);
Console.WriteLine($"{trainer.State.Steps} steps, {trainer.Schedulers[0].State.Resets} resets, "
    + $"mean loss {summary.MeanLoss:f3}, {started.Elapsed.TotalMilliseconds / trainer.State.Steps:f1} ms a step");
