using FluentAssertions;
using Xunit;
using Zapping.Training.Checkpoints;
using Zapping.Training.Tests.Checkpoints;
using Zapping.Training.Tests.Shared;

namespace Zapping.Training.Tests.Files;

/// <summary>What systems and file managers leave beside checkpoints and in them.</summary>
[Collection(AloneCollection.Name)]
public sealed class LitterTests : IDisposable
{
    private readonly ForgedCheckpoint _forged = new();

    public static TheoryData<string> Names =>
    [
        ".DS_Store", "._model.safetensors", ".directory", ".nfs000000000001", "Thumbs.db", "THUMBS.DB", "ehthumbs.db", "desktop.ini", "Desktop.ini", "Icon\r",
    ];

    public static TheoryData<string> Folders => ["@eaDir", ".Trashes", "__MACOSX", "$RECYCLE.BIN", "lost+found", "._000001-step-1"];

    public void Dispose() => _forged.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void A_checkpoint_with_a_file_of_a_file_manager_is_used(string name)
    {
        File.WriteAllText(Path.Combine(_forged.Path, name), "litter");
        Used();
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void A_checkpoint_with_a_folder_of_a_file_manager_is_used(string name)
    {
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(_forged.Path, name)).FullName, "more"), "litter");
        Used();
    }

    [Theory]
    [MemberData(nameof(Names))]
    [MemberData(nameof(Folders))]
    public void Litter_beside_checkpoints_is_none_and_stays(string name)
    {
        var litter = Path.Combine(Path.GetDirectoryName(_forged.Path)!, name);
        Directory.CreateDirectory(litter);
        Used();
        _forged.Store.Checkpoints.Should().ContainSingle();
        _forged.Store.Save(_forged.Trainer).Name.Should().StartWith("000002-");
        Directory.Exists(litter).Should().BeTrue();
    }

    [Theory]
    [InlineData("000001-step-1 - Copy")]
    [InlineData("000001-step-1 2")]
    [InlineData("000009-step-1 (1)")]
    [InlineData("000009-step-1.bak")]
    [InlineData("000009-step-")]
    public void A_copy_that_a_file_manager_made_is_no_checkpoint_and_stays(string name)
    {
        var copy = Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(_forged.Path)!, name)).FullName;
        Used();
        for (var save = 2; save < 5; save++)
        {
            _forged.Store.Save(_forged.Trainer).Name.Should().StartWith($"00000{save}-");
        }

        Directory.Exists(copy).Should().BeTrue();
    }

    [Fact]
    public void Litter_that_comes_while_a_checkpoint_is_written_is_not_in_its_sums()
    {
        File.WriteAllText(Path.Combine(_forged.Path, "Thumbs.db"), "litter");
        using var sums = new MemoryStream();
        CheckpointHashes.Of(_forged.Path).WriteTo(sums);
        System.Text.Encoding.UTF8.GetString(sums.ToArray()).Should().Contain("  model.safetensors").And.NotContain("Thumbs");
    }

    [Theory]
    [InlineData("notes.txt")]
    [InlineData("Icon")]
    [InlineData("model.safetensors ")]
    [InlineData("thumbs.db.exe")]
    public void What_is_no_litter_is_refused(string name)
    {
        File.WriteAllText(Path.Combine(_forged.Path, name), "mine");
        _forged.Refusal().Reason.Should().Be($"its file '{name}' is not in SHA256SUMS.");
    }

    private void Used()
    {
        _forged.Store.Resume(_forged.Trainer)!.Path.Should().Be(_forged.Path);
        Checkpoint.Open(_forged.Path).Steps.Should().Be(1);
        Checkpoint.Open(Path.GetDirectoryName(_forged.Path)!).Path.Should().Be(_forged.Path);
    }
}
