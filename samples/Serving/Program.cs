// Learns new classes from a queue while it answers: a copy of the network serves, and is exchanged whenever the trained one has learned a class.
//   dotnet run -c Release --project samples/Serving -- --smoke       drives itself, and ends
//   dotnet run -c Release --project samples/Serving -- --urls http://127.0.0.1:5099
//   curl -d '{"label": "a", "examples": [[0.1, 0.9]]}' -H 'Content-Type: application/json' http://127.0.0.1:5099/learn     (32 numbers an example)
//   curl -d '[0.1, 0.9]' -H 'Content-Type: application/json' http://127.0.0.1:5099/predict
//   curl http://127.0.0.1:5099/metrics
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Options;
using Serving;
using TorchSharp.Modules;
using Zapping.Training;
using Zapping.Training.Checkpoints;
using Zapping.Training.Data;
using Zapping.Training.Heads;
using Zapping.Training.Hosting;
using Zapping.Training.Native;
using Zapping.Training.Serving;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

if (args.Contains("--smoke"))
{
    return await Smoke.RunAsync([.. args.Where(arg => arg != "--smoke")]);
}

await using var app = Service.Build(args);
await app.RunAsync();
return 0;

namespace Serving
{
    /// <summary>What is learned: examples of a class, each of <see cref="Net.Inputs"/> numbers.</summary>
    internal sealed record Lesson(string Label, float[][] Examples);

    internal static class Service
    {
        public static WebApplication Build(string[] args)
        {
            var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
            builder.Configuration.AddJsonFile("serving.json", optional: false, reloadOnChange: true).AddCommandLine(args);
            builder.Services.AddZapping(builder.Configuration.GetSection("Serving:Zapping"));
            builder.Services.AddServedModel<Net>(trained => new Net((int)trained.Head.out_features));
            builder.Services.AddSingleton(Channel.CreateBounded<Lesson>(100));
            builder.Services.AddSingleton<Classes>();
            builder.Services.AddSingleton<Metrics>();
            builder.Services.AddHostedService<Learner>();
            var app = builder.Build();
            app.Services.GetRequiredService<Metrics>();
            app.MapPost("/learn", async (Lesson lesson, Channel<Lesson> queue, CancellationToken stop) =>
            {
                if (lesson.Examples.Length == 0 || Array.Exists(lesson.Examples, example => example.Length != Net.Inputs))
                {
                    return Results.BadRequest($"Examples are of {Net.Inputs} numbers each, and there is at least one.");
                }

                await queue.Writer.WriteAsync(lesson, stop);
                return Results.Accepted();
            });
            app.MapPost("/predict", (float[] input, IServedModel<Net> served, Classes classes, Metrics metrics) =>
            {
                if (input.Length != Net.Inputs)
                {
                    return Results.BadRequest($"An input is {Net.Inputs} numbers.");
                }

                if (served.Version == 0)
                {
                    return Results.StatusCode(StatusCodes.Status503ServiceUnavailable); // nothing has been learned yet
                }

                var unit = served.Use(model => model.call(tensor(input, [1, Net.Inputs])).argmax(1).item<long>());
                metrics.Predicted();
                return Results.Ok(classes.Names[(int)unit]);
            });
            app.MapGet("/classes", (IServedModel<Net> served, Classes classes) => served.Version == 0 ? [] : classes.Names[..(int)served.Use(model => model.Head.out_features)]);
            app.MapGet("/metrics", (Metrics metrics) => metrics.ToString());
            return app;
        }
    }

    /// <summary>The names of the units. They are only added to, and before a model with a new unit is served, so every unit of a served model has one.</summary>
    internal sealed class Classes
    {
        private volatile string[] _names = [];

        public string[] Names
        {
            get => _names;
            set => _names = value;
        }
    }

    internal sealed class Net : Module<Tensor, Tensor>
    {
        public const int Inputs = 32;

        private readonly Linear body = Linear(Inputs, 64);
        private readonly Linear head;

        public Net(int classes)
            : base(nameof(Net))
        {
            head = Linear(64, classes);
            RegisterComponents();
        }

        public Linear Head => head;

        public override Tensor forward(Tensor input) => head.call(functional.relu(body.call(input)));
    }

    /// <summary>Learns what is in the queue, class by class, with what it has learned before. Nobody but this thread touches the network.</summary>
    internal sealed partial class Learner(
        Channel<Lesson> queue, IServedModel<Net> served, Classes classes, IOptionsMonitor<ZapSettings> zapping, IConfiguration configuration,
        ILoggerFactory logs, ILogger<Learner> log) : BackgroundService
    {
        private readonly string _folder = configuration["Serving:Folder"] ?? "out/serving";

        // On a thread for which the C library keeps large blocks; threads of the pool are none.
        protected override Task ExecuteAsync(CancellationToken stoppingToken) => NativeAllocator.RunAsync(() => Learn(stoppingToken));

        private void Learn(CancellationToken stop)
        {
            using var store = new CheckpointStore(Path.Combine(_folder, "checkpoints"));
            var known = store.Checkpoints.Count > 0 ? JsonSerializer.Deserialize<List<string>>(store.Checkpoints[0].Notes["classes"])! : [];
            var lessons = Lessons();
            random.manual_seed(1);
            using var model = new Net(Math.Max(1, known.Count)); // as large as it was saved, or it could not be resumed
            using var optimizer = optim.Adam(model.parameters(), 3e-3);
            using var trainer = new ContinualTrainer(model, optimizer).UseZapping(zapping).UseLogging(logs.CreateLogger("Zapping.Training"));
            if (store.Resume(trainer) is not null)
            {
                Publish(model, known);
                Resumed(known.Count, trainer.State.Steps);
            }

            try
            {
                foreach (var missed in lessons.Select(lesson => lesson.Label).Except(known, StringComparer.Ordinal).ToList())
                {
                    Learn(missed); // was accepted, but not learned before the stop
                }

                while (true)
                {
                    var lesson = queue.Reader.ReadAsync(stop).AsTask().GetAwaiter().GetResult();
                    lessons.Add(lesson);
                    File.WriteAllText(LessonsPath, JsonSerializer.Serialize(lessons));
                    Learn(lesson.Label);
                }
            }
            catch (OperationCanceledException)
            {
                Stopped(trainer.State.Steps); // each class was saved when it was learned
            }

            void Learn(string label)
            {
                if (!known.Contains(label))
                {
                    known.Add(label);
                    HeadGrowth.Grow(model, "head", known.Count, [optimizer]);
                }

                using var scope = NewDisposeScope();
                var taught = lessons.FindAll(lesson => known.Contains(lesson.Label));
                var examples = taught.SelectMany(lesson => lesson.Examples).ToList();
                var inputs = tensor(examples.SelectMany(example => example).ToArray(), [examples.Count, Net.Inputs]);
                var labels = tensor(taught.SelectMany(lesson => lesson.Examples.Select(_ => (long)known.IndexOf(lesson.Label))).ToArray());
                trainer.BeginClass(known.IndexOf(label));
                var loss = trainer.Fit(new ShuffledBatches(inputs, labels, batchSize: 16), epochs: 8, cancellationToken: stop).MeanLoss;
                store.Save(trainer, notes: new Dictionary<string, string>(StringComparer.Ordinal) { ["classes"] = JsonSerializer.Serialize(known) });
                Publish(model, known);
                Learned(label, known.Count, loss, served.Version);
            }
        }

        private void Publish(Net model, List<string> known)
        {
            classes.Names = [.. known];
            served.Publish(model);
        }

        private string LessonsPath => Path.Combine(_folder, "lessons.json");

        private List<Lesson> Lessons() => File.Exists(LessonsPath) ? JsonSerializer.Deserialize<List<Lesson>>(File.ReadAllText(LessonsPath))! : [];

        [LoggerMessage(100, LogLevel.Information, "Learned '{Label}', the last of {Classes} classes, with a loss of {Loss:f3}; version {Version} answers")]
        private partial void Learned(string label, int classes, double loss, long version);

        [LoggerMessage(101, LogLevel.Information, "Resumed with {Classes} classes after {Steps} steps")]
        private partial void Resumed(int classes, long steps);

        [LoggerMessage(102, LogLevel.Information, "Told to stop after {Steps} steps")]
        private partial void Stopped(long steps);
    }
}
