using FluentAssertions;
using Xunit;
using Zapping.Training.Checkpoints;
using Zapping.Training.Tests.Shared;
using static TorchSharp.torch;

namespace Zapping.Training.Tests.Checkpoints;

/// <summary>A store in which a process died, or still lives.</summary>
public sealed class KillLeftoversTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("zapping-leftovers-").FullName;

    [Fact]
    public void Opening_a_store_clears_what_was_half_written_or_half_removed_and_nothing_else()
    {
        using var run = new Run();
        string whole;
        using (var store = new CheckpointStore(_folder))
        {
            whole = store.Save(run.Trainer).Name;
        }

        Leave(".unfinished");
        Leave(".leaving-000009-step-9");
        Leave(".mine");

        using var again = new CheckpointStore(_folder);

        Names().Should().BeEquivalentTo(".lock", ".mine", whole);
        again.Resume(run.Trainer)!.Name.Should().Be(whole);
    }

    [Fact]
    public void A_save_begins_anew_where_half_a_checkpoint_lies()
    {
        using var run = new Run();
        using var store = new CheckpointStore(_folder);
        Leave(".unfinished");

        var saved = store.Save(run.Trainer);

        Names().Should().BeEquivalentTo(".lock", saved.Name);
        Directory.EnumerateFiles(saved.Path).Select(Path.GetFileName).Should().NotContain("optimizer-7.safetensors");
        store.Resume(run.Trainer)!.Name.Should().Be(saved.Name);
    }

    [Fact]
    public void Half_a_checkpoint_is_none()
    {
        using var run = new Run();
        var before = Nets.Bits(run.Net);
        Leave(".unfinished");
        Leave(".leaving-000001-step-1");

        FluentActions.Invoking(() => Checkpoint.Open(_folder)).Should().Throw<DirectoryNotFoundException>();
        using var store = new CheckpointStore(_folder);

        store.Checkpoints.Should().BeEmpty();
        store.Resume(run.Trainer).Should().BeNull();
        Nets.Bits(run.Net).Should().BeEquivalentTo(before);
    }

    [Fact]
    public void A_store_in_use_is_refused_by_name_untouched_and_free_again_after_it()
    {
        using var run = new Run();
        using (var store = new CheckpointStore(_folder))
        {
            Leave(".unfinished");

            FluentActions.Invoking(() => new CheckpointStore(_folder))
                .Should().Throw<IOException>().WithMessage($"The checkpoints in '{_folder}' are in use by this process: one CheckpointStore at a time*");

            Names().Should().BeEquivalentTo(".lock", ".unfinished");
            store.Save(run.Trainer).Steps.Should().Be(0);
        }

        using var next = new CheckpointStore(_folder);
        next.Checkpoints.Should().ContainSingle();
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>What a process that was killed may leave: a folder with pieces of files.</summary>
    private void Leave(string name)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, name));
        File.WriteAllBytes(Path.Combine(folder.FullName, "model.safetensors"), [1, 2, 3]);
        File.WriteAllBytes(Path.Combine(folder.FullName, "optimizer-7.safetensors"), []);
        File.WriteAllText(Path.Combine(folder.FullName, "checkpoint.json"), "{ \"format\": 1, ");
    }

    private IEnumerable<string?> Names() => Directory.EnumerateFileSystemEntries(_folder).Select(Path.GetFileName);

    private sealed class Run : IDisposable
    {
        private readonly optim.Optimizer _optimizer;

        public Run()
        {
            _optimizer = optim.Adam(Net.parameters());
            Trainer = new AsbTrainer(Net, _optimizer);
        }

        public nn.Module<Tensor, Tensor> Net { get; } = Nets.Small();

        public Trainer Trainer { get; }

        public void Dispose()
        {
            Trainer.Dispose();
            _optimizer.Dispose();
            Net.Dispose();
        }
    }
}
