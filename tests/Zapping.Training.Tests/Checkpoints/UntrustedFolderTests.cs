using System.Diagnostics;
using System.Runtime.Versioning;
using FluentAssertions;
using Xunit;
using Zapping.Training.Checkpoints;
using Zapping.Training.Files;
using Zapping.Training.Tests.Shared;

namespace Zapping.Training.Tests.Checkpoints;

/// <summary>A checkpoint's folder as somebody else may have made it: links, pipes, foreign names, absurd sizes.</summary>
[Collection(AloneCollection.Name)]
[UnsupportedOSPlatform("windows")]
public sealed class UntrustedFolderTests : IDisposable
{
    private const long Absurd = 10L << 30;

    private readonly ForgedCheckpoint _forged = new();
    private readonly DirectoryInfo _elsewhere = Directory.CreateTempSubdirectory("zapping-elsewhere-");

    public void Dispose()
    {
        _forged.Dispose();
        _elsewhere.Delete(recursive: true);
    }

    [Theory]
    [InlineData("../../secret")]
    [InlineData("/etc/passwd")]
    [InlineData("a/../model.safetensors")]
    public void Names_in_SHA256SUMS_lead_nowhere(string name)
    {
        var sums = In("SHA256SUMS");
        File.AppendAllText(sums, $"{new string('0', 64)}  {name}\n");
        _forged.Refusal().Reason.Should().Be($"its file '{name}' is missing.");
    }

    [Fact]
    public void The_same_name_twice_in_SHA256SUMS_is_refused()
    {
        var line = File.ReadLines(In("SHA256SUMS")).First();
        File.AppendAllText(In("SHA256SUMS"), line + "\n");
        _forged.Refusal().Reason.Should().Be("its file 'SHA256SUMS' has been altered or cut off.");
    }

    [Fact]
    public void A_link_is_refused_even_where_it_leads_to_the_right_bytes()
    {
        var real = Path.Combine(_elsewhere.FullName, "model.safetensors");
        File.Move(In("model.safetensors"), real);
        File.CreateSymbolicLink(In("model.safetensors"), real);
        _forged.Refusal().Reason.Should().Be("its 'model.safetensors' is a link, where only plain files belong.");
    }

    [Fact]
    public void A_link_to_an_endless_file_is_not_read()
    {
        File.Delete(In("SHA256SUMS"));
        File.CreateSymbolicLink(In("SHA256SUMS"), "/dev/zero");
        _forged.Refusal().Reason.Should().Be("its 'SHA256SUMS' is a link, where only plain files belong.");
    }

    [Fact]
    public void A_folder_inside_is_refused()
    {
        Directory.CreateDirectory(In("more"));
        _forged.Refusal().Reason.Should().Be("its 'more' is a folder, where only plain files belong.");
    }

    [Theory]
    [InlineData("checkpoint.json", "its file 'checkpoint.json' has been altered or cut off: the SHA-256 is not the one noted in SHA256SUMS.")]
    [InlineData("SHA256SUMS", "its file 'SHA256SUMS' has 0 bytes; it must have 1 to 100000000.")]
    public async Task A_pipe_is_refused_and_not_waited_for(string file, string reason)
    {
        File.Delete(In(file));
        using (var made = Process.Start("mkfifo", [In(file)]))
        {
            await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        var refusal = await Task.Run(_forged.Refusal).WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        refusal.Reason.Should().Be(reason);
    }

    [Theory]
    [InlineData("checkpoint.json")]
    [InlineData("SHA256SUMS")]
    public void Ten_gigabytes_are_refused_by_their_length(string file)
    {
        var before = GC.GetTotalAllocatedBytes(precise: true);
        using (var sparse = File.OpenWrite(In(file)))
        {
            sparse.SetLength(Absurd);
        }

        FluentActions.Invoking(() => BoundedFile.Read(In(file))).Should().Throw<InvalidDataException>()
            .WithMessage($"its file '{file}' has {Absurd} bytes; it must have 1 to 100000000.");
        (GC.GetTotalAllocatedBytes(precise: true) - before).Should().BeLessThan(1 << 20);
    }

    [Fact]
    public void What_a_link_leads_to_stays_when_an_old_checkpoint_is_removed()
    {
        var kept = Path.Combine(_elsewhere.FullName, "kept.txt");
        File.WriteAllText(kept, "kept");
        Directory.CreateSymbolicLink(In("link"), _elsewhere.FullName);
        _forged.Store.Save(_forged.Trainer);
        _forged.Store.Save(_forged.Trainer);

        Directory.Exists(_forged.Path).Should().BeFalse("two stay, and this was the third");
        File.ReadAllText(kept).Should().Be("kept");
    }

    [Theory]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData(".unfinished")]
    [InlineData("/")]
    [InlineData("000002-step-1")]
    public void A_name_that_is_no_checkpoint_of_the_store_is_refused(string name) =>
        _forged.Store.Invoking(store => store.Resume(_forged.Trainer, name)).Should().Throw<CheckpointException>()
            .Which.Reason.Should().Be("it is not there.");

    private string In(string file) => Path.Combine(_forged.Path, file);
}
