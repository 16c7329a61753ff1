using CheckpointVictim;
using FluentAssertions;
using Xunit;
using Zapping.Training.Checkpoints;
using Zapping.Training.Files;
using Zapping.Training.Tests.Shared;

namespace Zapping.Training.Tests.Checkpoints;

/// <summary>Two that want one folder of checkpoints: the second is told who has it.</summary>
[Collection(AloneCollection.Name)] // it starts a process that trains
public sealed class StoreInUseTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("zapping-in-use-").FullName;

    private string Lock => Path.Combine(_folder, ".lock");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Another_process_is_named_by_its_id()
    {
        using (var process = new VictimProcess(VictimMethod.Asb, _folder))
        {
            var id = process.IdAfterFirstSave();
            Refusal().Should().StartWith($"The checkpoints in '{_folder}' are in use by process {id}: ");
            Checkpoint.Open(_folder).Steps.Should().BePositive("who only looks disturbs nobody");
        }

        new CheckpointStore(_folder).Dispose();
    }

    [Fact]
    public void A_store_of_this_process_is_named_as_that_and_its_lock_survives_the_look()
    {
        using var store = new CheckpointStore(_folder);
        Refusal().Should().Contain("are in use by this process: ");
        Refusal().Should().Contain("are in use by this process: ");
        FileLock.IsTaken(Lock).Should().BeTrue();
    }

    [Theory]
    [InlineData("", "another process")]
    [InlineData("what an earlier version wrote", "another process")]
    [InlineData("12 elsewhere 0", "process 12 on elsewhere")]
    [InlineData("-1 elsewhere 0", "another process")]
    public void Who_has_it_is_told_as_far_as_the_file_says(string signature, string holder)
    {
        File.WriteAllText(Lock, signature);
        FileLock.HolderOf(Lock).Should().Be(holder);
        FileLock.HolderOf(Path.Combine(_folder, "nowhere")).Should().Be("another process");
    }

    [Fact]
    public void The_same_id_in_another_container_is_not_this_process()
    {
        File.WriteAllText(Lock, $"{Environment.ProcessId} {Environment.MachineName} 0");
        FileLock.HolderOf(Lock).Should().Be($"process {Environment.ProcessId}");
    }

    [Fact]
    public void What_was_locked_is_free_after_a_longer_name_has_had_it()
    {
        File.WriteAllText(Lock, new string('x', 5000));
        using var taken = FileLock.Try(Lock);
        FileLock.HolderOf(Lock).Should().Be("this process");
    }

    [Fact]
    public void A_folder_in_place_of_the_lock_is_not_called_in_use()
    {
        Directory.CreateDirectory(Lock);
        FluentActions.Invoking(() => new CheckpointStore(_folder)).Should().Throw<UnauthorizedAccessException>();
    }

    private string Refusal() => FluentActions.Invoking(() => new CheckpointStore(_folder)).Should().Throw<IOException>().Which.Message;
}
