using System.Text.Json.Nodes;
using FluentAssertions;
using Xunit;
using Zapping.Training.Checkpoints;
using Zapping.Training.Parameters;
using Zapping.Training.Safetensors;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Checkpoints;

public sealed class CheckpointStoreTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("zapping-store-");
    private readonly EpisodicNet _net = new(gated: false);
    private readonly optim.Optimizer _adam;
    private readonly AsbTrainer _trainer;

    public CheckpointStoreTests()
    {
        _adam = optim.Adam(_net.parameters(), 1e-2);
        _trainer = new AsbTrainer(_net, _adam).UseZapping(every: BoundaryKind.ClassBoundary, options => options.Head = Nets.Head);
    }

    public static TheoryData<string> Files => ["model.safetensors", "optimizer-0.safetensors", "random.safetensors", "checkpoint.json", "SHA256SUMS"];

    public void Dispose()
    {
        _trainer.Dispose();
        _adam.Dispose();
        _net.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public void An_empty_store_resumes_nothing_and_says_so()
    {
        using var store = Open();
        var before = Nets.Bits(_net);
        store.Resume(_trainer).Should().BeNull();
        store.Best.Should().BeNull();
        Nets.Bits(_net).Should().BeEquivalentTo(before);
        FluentActions.Invoking(() => Checkpoint.Open(_folder.FullName)).Should().Throw<DirectoryNotFoundException>();
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_that_is_altered_cut_off_or_gone_is_named_and_the_older_checkpoint_offered(string file)
    {
        using var store = Open();
        var (older, newest) = (SaveAt(store, 1), SaveAt(store, 2));
        var path = Path.Combine(newest.Path, file);
        var whole = File.ReadAllBytes(path);
        var altered = whole.ToArray();
        altered[whole.Length / 2] ^= 4;
        foreach (var damage in new Action[]
        {
            () => File.WriteAllBytes(path, altered),
            () => File.WriteAllBytes(path, whole[..^1]),
            () => File.WriteAllBytes(path, []),
            () => File.Delete(path),
        })
        {
            damage();
            var refusal = Refusal(() => store.Resume(_trainer));
            refusal.Checkpoint.Should().Be(newest.Name);
            refusal.Older.Should().Be(older.Name);
            refusal.Message.Should().Contain(file is "SHA256SUMS" ? "." : $"'{file}'").And.Contain(older.Name);
        }

        store.Resume(_trainer, older.Name);
        _trainer.State.Steps.Should().Be(1);
    }

    [Fact]
    public void A_file_too_many_is_refused()
    {
        using var store = Open();
        File.WriteAllText(Path.Combine(SaveAt(store, 1).Path, "extra.txt"), "?");
        Refusal(() => store.Resume(_trainer)).Reason.Should().Contain("extra.txt");
    }

    [Fact]
    public void Another_model_is_refused_by_names_and_shapes()
    {
        using var store = Open();
        SaveAt(store, 1);
        using var other = new EpisodicNet(gated: true);
        using var adam = optim.Adam(other.parameters(), 1e-2);
        using var trainer = new AsbTrainer(other, adam, new AsbOptions { InnerParameters = EpisodicNet.Moving })
            .UseZapping(every: BoundaryKind.ClassBoundary, options => options.Head = Nets.Head);
        Refusal(() => store.Resume(trainer)).Reason.Should().Contain("another model").And.Contain("gate.conv.weight");
        using var single = new EpisodicNet(gated: false, ScalarType.Float32);
        using var singleAdam = optim.Adam(single.parameters(), 1e-2);
        using var singleTrainer = new AsbTrainer(single, singleAdam).UseZapping(every: BoundaryKind.ClassBoundary, options => options.Head = Nets.Head);
        Refusal(() => store.Resume(singleTrainer)).Reason.Should().Contain("another model").And.Contain("Float32");
    }

    [Fact]
    public void Another_trainer_optimizer_setting_or_reset_is_refused_and_nothing_changes()
    {
        using var store = Open();
        SaveAt(store, 3);
        using var sgd = optim.SGD(_net.parameters(), 1e-2);
        using var some = optim.Adam(ParameterFilter.WithPrefix("head.").Resolve(_net), 1e-2);
        var cases = new (Trainer Trainer, string Reason)[]
        {
            (new MetaAsbTrainer(_net, _adam), "AsbTrainer"),
            (Zapped(new AsbTrainer(_net, sgd)), "optimizers"),
            (Zapped(new AsbTrainer(_net, some)), "optimizer"),
            (Zapped(new AsbTrainer(_net, _adam, new AsbOptions { InnerLearningRate = 0.5 })), "trainer.inner_learning_rate was 0.001 and is 0.5"),
            (Zapped(new AsbTrainer(_net, _adam, new AsbOptions { InnerParameters = ParameterFilter.WithPrefix("head.") })), "trainer.inner_parameters "),
            (new AsbTrainer(_net, _adam), "resets"),
            (new AsbTrainer(_net, _adam).UseZapping(new ResetSchedule(BoundaryKind.ClassBoundary) { Seed = 9 }, o => o.Head = Nets.Head), "resets.0.schedule.seed was 0 and is 9"),
            (Zapped(new AsbTrainer(_net, _adam)).UseGradientClipping(1), "trainer.clip.max_norm was null and is 1"),
        };
        foreach (var (trainer, reason) in cases)
        {
            using (trainer)
            {
                var before = Nets.Bits(_net);
                Refusal(() => store.Resume(trainer)).Reason.Should().Contain(reason);
                trainer.State.Should().Be(new TrainerState(0, 0, 0, 0));
                Nets.Bits(_net).Should().BeEquivalentTo(before);
            }
        }

        static AsbTrainer Zapped(AsbTrainer trainer) => trainer.UseZapping(every: BoundaryKind.ClassBoundary, options => options.Head = Nets.Head);
    }

    [Fact]
    public void A_newer_format_is_refused_with_advice()
    {
        using var store = Open();
        var saved = SaveAt(store, 1);
        var path = Path.Combine(saved.Path, "checkpoint.json");
        var description = JsonNode.Parse(File.ReadAllText(path))!;
        description["format"] = CheckpointDescription.CurrentFormat + 1;
        File.WriteAllText(path, description.ToJsonString());
        using (var sums = File.Create(Path.Combine(saved.Path, CheckpointHashes.FileName)))
        {
            CheckpointHashes.Of(saved.Path).WriteTo(sums);
        }

        Refusal(() => store.Resume(_trainer)).Reason.Should().Contain("format 4, written by Zapping.Training ").And.Contain("Update");
    }

    [Fact]
    public void A_full_disk_leaves_the_earlier_checkpoint_and_training_goes_on_with_a_warning()
    {
        using var store = Open();
        var failures = new List<Exception>();
        store.SaveFailed += failures.Add;
        _trainer.UseCheckpoints(store, everySteps: 1);
        _trainer.Fit(new RandomEpisodes(), 2);
        var good = store.Checkpoints;
        foreach (var capacity in new[] { 0, 100, 1_000, 5_000 })
        {
            store.Folder.Create = path => new FullDisk(path, capacity);
            _trainer.Fit(new RandomEpisodes(), 1);
        }

        failures.Should().HaveCount(4).And.AllBeAssignableTo<IOException>();
        _trainer.State.Steps.Should().Be(6);
        store.Checkpoints.Should().BeEquivalentTo(good);
        FluentActions.Invoking(() => store.Save(_trainer)).Should().Throw<IOException>();
        store.Resume(_trainer)!.Steps.Should().Be(2);
        Directory.EnumerateFileSystemEntries(_folder.FullName).Should().HaveCount(3, "two checkpoints and the lock");
    }

    [Fact]
    public void The_last_the_best_and_the_milestones_stay()
    {
        using var store = new CheckpointStore(_folder.FullName, new CheckpointRetentionOptions { KeepLast = 2, KeepSteps = [1] });
        foreach (var (steps, score) in new (long, double?)[] { (1, null), (2, 0.5), (3, 0.9), (4, 0.7), (5, null), (6, 0.1) })
        {
            SaveAt(store, steps, score);
        }

        store.Checkpoints.Select(c => c.Steps).Should().Equal(6, 5, 3, 1);
        store.Best!.Score.Should().Be(0.9);
    }

    [Fact]
    public void After_going_back_the_newest_is_the_one_written_last()
    {
        using var store = Open();
        SaveAt(store, 5);
        SaveAt(store, 9);
        SaveAt(store, 7);
        store.Resume(_trainer)!.Steps.Should().Be(7);
    }

    [Fact]
    public void A_checkpoint_tells_what_it_is_and_sha256sum_and_safetensors_read_it()
    {
        using var store = Open();
        var saved = store.Save(_trainer, 0.25, new Dictionary<string, string>(StringComparer.Ordinal) { ["plan"] = "twenty" });
        var seen = Checkpoint.Open(_folder.FullName);
        seen.Should().BeEquivalentTo(saved).And.BeEquivalentTo(Checkpoint.Open(saved.Path));
        (seen.Score, seen.Notes["plan"], seen.LibraryVersion.Length > 0).Should().Be((0.25, "twenty", true));
        using var file = SafetensorsFile.Open(seen.ModelPath);
        file.Names.Should().BeEquivalentTo(_net.named_parameters().Select(p => p.name));
        File.ReadLines(Path.Combine(seen.Path, "SHA256SUMS")).Should().HaveCount(4).And.AllSatisfy(line => line.Should().MatchRegex("^[0-9a-f]{64}  [a-z0-9.-]+$"));
        FluentActions.Invoking(() => store.Resume(_trainer, "../elsewhere")).Should().Throw<CheckpointException>();
    }

    [Fact]
    public void Optimizers_whose_state_is_out_of_reach_are_refused_when_saving()
    {
        using var store = Open();
        using var lbfgs = optim.LBFGS(_net.parameters());
        using var trainer = new ContinualTrainer(_net, lbfgs);
        FluentActions.Invoking(() => store.Save(trainer)).Should().Throw<NotSupportedException>().WithMessage("*LBFGS*");
        store.Checkpoints.Should().BeEmpty();
    }

    private CheckpointStore Open() => new(_folder.FullName);

    private Checkpoint SaveAt(CheckpointStore store, long steps, double? score = null)
    {
        _trainer.State = _trainer.State with { Steps = steps };
        var saved = store.Save(_trainer, score);
        _trainer.State = new TrainerState(0, 0, 0, 0);
        return saved;
    }

    private CheckpointException Refusal(Action resume)
    {
        var before = Nets.Bits(_net);
        var refusal = resume.Should().Throw<CheckpointException>().Which;
        Nets.Bits(_net).Should().BeEquivalentTo(before);
        return refusal;
    }

    /// <summary>Fails like a disk that has room for so many bytes of each file.</summary>
    private sealed class FullDisk(string path, long capacity) : FileStream(path, FileMode.CreateNew)
    {
        // Of a derived class, FileStream sends spans this way too.
        public override void Write(byte[] buffer, int offset, int count)
        {
            if (Position + count > capacity)
            {
                throw new IOException("No space left on device");
            }

            base.Write(buffer, offset, count);
        }
    }
}
