using System.Diagnostics;
using System.Net.Sockets;
using CsCheck;
using FluentAssertions;
using PaperCurves.Pretraining;
using PaperCurves.Sweeps;
using Xunit;

namespace PaperCurves.Tests.Sweeps;

public sealed class CellStoreTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("papercurves-cells-");

    private static TransferCell Cell => SweepSample.Cells.Transfers[0];

    private static NetworkCell Network => SweepSample.Cells.Networks[0];

    private CellStore Store => new(_folder.FullName);

    private string ResultPath => Path.Combine(_folder.FullName, "cells", "iid-s1", "head-lr1e-3-t1.json");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_result_is_read_as_it_was_written()
    {
        Store.Find(Cell).Should().BeNull();
        var result = FakeCellExecutor.Result(Cell);

        Store.Save(Cell, result);

        Store.Find(Cell).Should().BeEquivalentTo(result);
        Directory.GetFiles(Path.GetDirectoryName(ResultPath)!).Should().Equal(ResultPath);
    }

    [Fact]
    public void A_result_is_never_overwritten()
    {
        Store.Save(Cell, FakeCellExecutor.Result(Cell, 0.5));
        Store.Invoking(store => store.Save(Cell, FakeCellExecutor.Result(Cell, 0.9))).Should().Throw<IOException>();
        Store.Find(Cell)!.Points[0].Query.Top1.Should().Be(0.5);
    }

    [Fact]
    public void What_a_dead_process_left_half_written_is_no_result_and_is_written_over()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(ResultPath)!);
        File.WriteAllText($"{ResultPath}.unfinished", "{ \"for");

        Store.Find(Cell).Should().BeNull();
        Store.Save(Cell, FakeCellExecutor.Result(Cell));
        Store.Find(Cell).Should().NotBeNull();
    }

    [Fact]
    public void A_file_cut_short_anywhere_is_refused_with_its_line()
    {
        Store.Save(Cell, FakeCellExecutor.Result(Cell));
        var whole = File.ReadAllText(ResultPath);
        foreach (var length in Enumerable.Range(0, whole.Length - 1).Where(length => length % 7 == 0))
        {
            File.WriteAllText(ResultPath, whole[..length]);
            var line = Store.Invoking(store => store.Find(Cell)).Should().Throw<SweepException>().Which.Message;
            line.Should().StartWith($"{ResultPath}:{whole[..length].Count(letter => letter == '\n') + 1}: damaged or cut short").And.EndWith("Move it away to make the cell again");
        }
    }

    [Theory]
    [InlineData("\"trial\": 1", "\"trial\": \"one\"", "damaged or cut short")]
    [InlineData("\"trial\": 1", "\"tryal\": 1", "damaged or cut short")]
    [InlineData("\"seconds\": ", "\"seconds\": \"NaN\", \"x\": ", "damaged or cut short")]
    [InlineData("\"seconds\": ", "\"seconds\": 1e99", "an accuracy is no fraction, or its seconds are no duration. Move it away to make the cell again")]
    [InlineData("\"seconds\": ", "\"seconds\": -1", "an accuracy is no fraction, or its seconds are no duration. Move it away to make the cell again")]
    [InlineData("\"hits\": \"1\"", "\"hits\": null", "damaged or cut short")]
    [InlineData("\"hits\": \"1 1\"", "\"hits\": \"1 one\"", "damaged or cut short (The evaluation after 2 classes does not say how many images of each are recognized.")]
    [InlineData("\"hits\": \"1 1\"", "\"hits\": \"1 -1\"", "damaged or cut short (The evaluation after 2 classes does not say how many images of each are recognized.")]
    [InlineData("\"classes_seen\": 2", "\"classes_seen\": 3", "damaged or cut short (The evaluation after 3 classes does not say how many images of each are recognized.")]
    [InlineData("\"format\": 1", "\"format\": 2", "its format is 2, not 1. Move it away to make the cell again")]
    [InlineData("\"format\": 1,", "", "it does not say its format. Move it away to make the cell again")]
    [InlineData("\"Zapping.Training\": \"", "\"Zapping.Training\": \"99.", "made by Zapping.Training 99.")]
    [InlineData("\"epochs\": 5", "\"epochs\": 6", "made by other settings than the sweep file now gives: settings.epochs is 6, not 5. Put the sweep file back, give another --out, or move the result away")]
    [InlineData("\"zap_rows\": 48", "\"zap_rows\": 47", "made by other settings than the sweep file now gives: plan.zap_rows is 47, not 48. Put the sweep file back, give another --out, or move the result away")]
    [InlineData("\"length\": 2", "\"length\": 3", "made by other settings than the sweep file now gives: length is 3, not 2. Put the sweep file back, give another --out, or move the result away")]
    [InlineData("\"trial\": 1", "\"trial\": 2", "made by other settings than the sweep file now gives: trial is 2, not 1. Put the sweep file back, give another --out, or move the result away")]
    public void A_file_of_something_else_is_refused_and_kept(string right, string wrong, string message)
    {
        Store.Save(Cell, FakeCellExecutor.Result(Cell));
        var text = File.ReadAllText(ResultPath);
        text.Should().Contain(right);
        File.WriteAllText(ResultPath, text.Replace(right, wrong, StringComparison.Ordinal));

        var failure = Store.Invoking(store => store.Find(Cell)).Should().Throw<SweepException>().Which;

        failure.Message.Should().MatchRegex("^[^\n]+:[0-9]+: ").And.Contain(message);
        File.Exists(ResultPath).Should().BeTrue();
    }

    [Fact]
    public void A_file_with_any_wrong_byte_is_read_or_refused()
    {
        Store.Save(Cell, FakeCellExecutor.Result(Cell));
        var whole = File.ReadAllBytes(ResultPath);
        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte).Sample(
            (at, value) =>
            {
                var bytes = whole.ToArray();
                bytes[at] = value;
                File.WriteAllBytes(ResultPath, bytes);
                try
                {
                    Store.Find(Cell)!.Cell.Should().Be(Cell.Id);
                }
                catch (SweepException failure)
                {
                    failure.Message.Should().StartWith($"{ResultPath}:").And.NotContain("\n");
                }
            },
            iter: 2000,
            threads: 1);
    }

    [Fact]
    public void How_often_a_network_was_saved_is_not_its_identity()
    {
        Store.Save(Cell, FakeCellExecutor.Result(Cell) with { Plan = Cell.Network.Plan with { SaveEvery = 99 } });
        Store.Find(Cell).Should().NotBeNull();
    }

    [Fact]
    public void A_network_is_done_when_its_checkpoint_says_so()
    {
        Store.Find(Network).Should().BeNull();
        FakeCellExecutor.SaveNetwork(Network.Plan, Store.NetworkFolder(Network), finished: false);
        Store.Find(Network).Should().BeNull();
        FakeCellExecutor.SaveNetwork(Network.Plan, Store.NetworkFolder(Network));
        Store.Find(Network)!.Seconds.Should().Be(100);
    }

    [Fact]
    public void A_network_of_another_plan_or_without_its_checkpoints_is_refused()
    {
        var folder = Store.NetworkFolder(Network);
        FakeCellExecutor.SaveNetwork(Network.Plan with { Length = 3, Width = 9 }, folder);
        Refused($"{folder}: trained by another plan than the sweep file now gives: width is 9, not 16, length is 3, not 2. Put the sweep file back, give another --out, or move the network's folder away");

        var model = Directory.GetFiles(folder, "model.safetensors", SearchOption.AllDirectories).Single();
        File.AppendAllText(model, "x");
        Refused($"{folder}: no pre-trained network could be read (*). Move the network's folder away to train it again");

        Directory.Delete(Path.Combine(folder, PretrainedNetwork.CheckpointFolder), recursive: true);
        SaveRecord(Network.Plan with { Data = "other" });
        Refused($"{folder}: trained by another plan than the sweep file now gives: data is \"other\", not \"noise\". Put the sweep file back, give another --out, or move the network's folder away");
        SaveRecord(Network.Plan);
        Refused($"{folder}: its training is finished, but its checkpoints are gone. Put them back, or move the network's folder away to train it again");

        void SaveRecord(PretrainingPlan plan) =>
            FakeCellExecutor.SaveRecord(plan, folder, new PretrainingResult(default, 1, 1, 1, 1, 1, 1, 1), new Circumstances());

        void Refused(string message) => Store.Invoking(store => store.Find(Network)).Should().Throw<SweepException>().WithMessage(message);
    }

    [Fact]
    public void A_record_of_another_version_is_refused()
    {
        var other = new Circumstances { Versions = new Dictionary<string, string>(StringComparer.Ordinal) { ["Zapping.Training"] = "0.0.9+abc" } };
        FakeCellExecutor.SaveRecord(Network.Plan, Store.NetworkFolder(Network), new PretrainingResult(default, 1, 1, 1, 1, 1, 1, 1), other);

        Store.Invoking(store => store.FindRecord(Network)).Should().Throw<SweepException>().WithMessage(
            $"{Path.Combine(Store.NetworkFolder(Network), "pretraining.json")}: trained by Zapping.Training 0.0.9, and this is *. "
            + "Give another --out, or move the network's folder away to train it again");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_network_that_another_version_has_trained_or_begun_is_refused(bool finished)
    {
        FakeCellExecutor.SaveNetwork(Network.Plan, Store.NetworkFolder(Network), finished);
        var checkpoint = FakeCellExecutor.MakeOfVersion("0.0.9+abc", Store.NetworkFolder(Network));

        Store.Invoking(store => store.Find(Network)).Should().Throw<SweepException>().WithMessage(
            $"{checkpoint}: trained by Zapping.Training 0.0.9, and this is *. Give another --out, or move the network's folder away to train it again");
    }

    [Fact]
    public void Folders_of_messages_are_full_paths()
    {
        var relative = Path.GetRelativePath(Environment.CurrentDirectory, _folder.FullName);
        new CellStore(relative).NetworkFolder(Network).Should().Be(Store.NetworkFolder(Network));
    }

    [Fact]
    public void A_claim_is_held_by_one_until_it_is_given_back()
    {
        Store.IsTaken("a/b").Should().BeFalse();
        using (var claim = Store.Claim("a/b"))
        {
            claim.Should().NotBeNull();
            Store.Claim("a/b").Should().BeNull();
            Store.IsTaken("a/b").Should().BeTrue();
            using var other = Store.Claim("a/c");
            other.Should().NotBeNull();
        }

        Store.IsTaken("a/b").Should().BeFalse();
    }

    [Fact]
    public void Two_may_look_at_once_whether_a_claim_is_taken()
    {
        Store.Claim("a/b")!.Dispose();
        using var other = new FileStream(Path.Combine(_folder.FullName, "locks", "a", "b.lock"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        Store.IsTaken("a/b").Should().BeFalse();
    }

    [Fact]
    public void A_lock_that_cannot_be_opened_is_an_error_with_its_path_and_not_a_claim_of_somebody()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "puts a socket where the lock should be");
        var path = Path.Combine(_folder.FullName, "locks", "a.lock");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));

        Store.Invoking(store => store.Claim("a")).Should().Throw<IOException>().WithMessage($"*{path}*");
        Store.Invoking(store => store.IsTaken("a")).Should().Throw<IOException>().WithMessage($"*{path}*");
    }

    [Fact]
    public async Task The_claim_of_a_process_that_was_killed_is_free()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/usr/bin/flock"), "takes the lock from another process with flock");
        Store.Claim("a/b")!.Dispose();
        var lockFile = Path.Combine(_folder.FullName, "locks", "a", "b.lock");
        using var process = Process.Start("/usr/bin/flock", ["--no-fork", lockFile, "sleep", "60"]);
        while (!Store.IsTaken("a/b"))
        {
            process.HasExited.Should().BeFalse();
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        using var claim = Store.Claim("a/b");
        claim.Should().NotBeNull();
    }

    [Fact]
    public void Failures_are_noted_and_forgotten()
    {
        Store.FindFailure("a/b").Should().BeNull();
        Store.SaveFailure("a/b", new InvalidOperationException("out of luck"));
        File.ReadAllText(Path.Combine(_folder.FullName, "cells", "a", "b.failed.txt")).Should().Contain("out of luck");
        Store.FindFailure("a/b").Should().Contain("out of luck");
        Store.ForgetFailure("a/b");
        Store.FindFailure("a/b").Should().BeNull();
    }

    [Fact]
    public void Differences_are_named_down_to_the_member()
    {
        JsonDifference.Between(Cell.Settings, Cell.Settings with { EvaluateAt = [.. Cell.Settings.EvaluateAt] }).Should().BeEmpty();
        JsonDifference.Between(Cell.Settings, Cell.Settings with { EvaluateAt = [1], Trains = Trained.All })
            .Should().Be("trains is \"head\", not \"all\", evaluate_at is [1,5,10,15,35,70,105,140,180], not [1]");
    }
}
