using System.Text.Json.Nodes;
using FluentAssertions;
using TorchSharp;
using TorchSharp.Modules;
using Zapping.Training.Checkpoints;
using Zapping.Training.Safetensors;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Checkpoints;

/// <summary>A store with one checkpoint, whose files are altered and whose sums are then made right again.</summary>
internal sealed class ForgedCheckpoint : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("zapping-forged-");
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Sequential _net;
    private readonly optim.Optimizer _adam;
    private readonly Dictionary<string, byte[]> _sound;

    public ForgedCheckpoint()
    {
        manual_seed(3);
        _net = Sequential(("body", Linear(6, 5)), ("norm", BatchNorm1d(5)), ("head", Linear(5, 8)));
        _adam = optim.Adam(_net.parameters(), 1e-2);
        Trainer = new ContinualTrainer(_net, _adam)
            .UseZapping(every: BoundaryKind.ClassBoundary, options => options.Head = Nets.Head)
            .UseLearningRateScheduler(optim.lr_scheduler.StepLR(_adam, 1, 0.5));
        Store = new CheckpointStore(_folder.FullName);
        Trainer.State = new TrainerState(1, 0, 0, 0);
        Path = Store.Save(Trainer).Path;
        _sound = Directory.EnumerateFiles(Path).ToDictionary(file => System.IO.Path.GetFileName(file), File.ReadAllBytes, StringComparer.Ordinal);
        Trainer.State = new TrainerState(0, 0, 0, 0);
        using (no_grad())
        {
            Head.add_(1); // what is resumed differs from what is there
        }
    }

    public CheckpointStore Store { get; }

    public ContinualTrainer Trainer { get; }

    public string Path { get; }

    public Parameter Head => ((Linear)_net[2]).weight;

    /// <summary>The files as they were saved.</summary>
    public IReadOnlyDictionary<string, byte[]> Sound => _sound;

    public void Describe(Action<JsonNode> change) => Rewrite("checkpoint.json", bytes =>
    {
        var description = JsonNode.Parse(bytes)!;
        change(description);
        return System.Text.Encoding.UTF8.GetBytes(description.ToJsonString());
    });

    public void Replace(string file, string name, Func<Tensor, Tensor> change, string? newName = null) => Rewrite(file, bytes =>
    {
        using var scope = NewDisposeScope();
        using var open = SafetensorsFile.Open(new MemoryStream(bytes));
        using var target = new MemoryStream();
        SafetensorsFile.Write(target, open.Names.Select(own => own == name
            ? KeyValuePair.Create(newName ?? own, change(open.Read(own)))
            : KeyValuePair.Create(own, open.Read(own))));
        return target.ToArray();
    });

    public void Rewrite(string file, Func<byte[], byte[]> change)
    {
        File.WriteAllBytes(System.IO.Path.Combine(Path, file), change(_sound[file]));
        using var sums = File.Create(System.IO.Path.Combine(Path, CheckpointHashes.FileName));
        CheckpointHashes.Of(Path).WriteTo(sums);
    }

    public void Restore()
    {
        foreach (var (file, bytes) in _sound)
        {
            File.WriteAllBytes(System.IO.Path.Combine(Path, file), bytes);
        }
    }

    /// <summary>Everything that a resume writes, bit for bit.</summary>
    public List<byte[]> Everything()
    {
        using var scope = NewDisposeScope();
        return
        [
            .. _net.state_dict().Values.Select(Nets.Bits),
            .. ((OptimizerHelper)_adam).state_dict().State.Cast<Adam.State>().SelectMany(s => new[] { Nets.Bits(s.exp_avg), Nets.Bits(s.exp_avg_sq), BitConverter.GetBytes(s.step) }),
            Nets.Bits(random.get_rng_state()),
            BitConverter.GetBytes(_adam.ParamGroups.Single().LearningRate),
            System.Text.Encoding.UTF8.GetBytes($"{Trainer.State} {Trainer.Schedulers[0].State}"),
        ];
    }

    public CheckpointException Refusal()
    {
        var before = Everything();
        var refusal = FluentActions.Invoking(() => Store.Resume(Trainer)).Should().Throw<CheckpointException>().Which;
        Everything().Should().BeEquivalentTo(before, options => options.WithStrictOrdering());
        return refusal;
    }

    public void Dispose()
    {
        Store.Dispose();
        Trainer.Dispose();
        _adam.Dispose();
        _net.Dispose();
        _scope.Dispose();
        _folder.Delete(recursive: true);
    }
}
