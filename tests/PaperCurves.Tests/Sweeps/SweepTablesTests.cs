using FluentAssertions;
using PaperCurves.Sweeps;
using PaperCurves.Tests.Commands;
using Parquet.Serialization;
using Xunit;
using Zapping.Training.Files;

namespace PaperCurves.Tests.Sweeps;

public sealed class SweepTablesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("papercurves-tables-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Each_protocol_has_a_table_with_the_published_columns()
    {
        var store = new CellStore(_folder.FullName);
        Save("iid-s1/head-lr5.5e-3-t2", new CellPoint(30, 2, new CellAccuracy(0.8, 0.9, "15 9"), new CellAccuracy(0.3, 0.4, "2 1")));
        Save("iid-s2/iid-lr1e-3-t1", new CellPoint(4, 12, new CellAccuracy(0.8, 0.9, Hits(12)), new CellAccuracy(0.3, 0.4, Hits(12))));
        Save("iid-zap-s1/zero-shot-t1", new CellPoint(0, 12, new CellAccuracy(0.8, 0.9, Hits(12)), new CellAccuracy(0.3, 0.4, Hits(12))));

        var tables = await SweepTables.WriteAsync(_folder.FullName, SweepSample.Cells.Transfers, store, TestContext.Current.CancellationToken);

        tables.Should().Equal((At("sequential"), 2L), (At("iid"), 1L), (At("zero-shot"), 1L));
        Csv("sequential").Should().Equal(
            "network,seed,pretraining,transfer,pool,model,dataset,train_examples,test_examples,eval_method,reinit_method,reinit_params,opt_params,classes,lr,trial,epoch,classes_trained,class_id,train_acc,test_acc",
            "iid,1,iid,head,test,convnet,noise,15,5,sequential,kaiming,head,head,12,0.0055,2,1,2,0,1,0.4",
            "iid,1,iid,head,test,convnet,noise,15,5,sequential,kaiming,head,head,12,0.0055,2,1,2,1,0.6,0.2");
        Csv("iid").Should().Equal(
            "network,seed,pretraining,transfer,pool,model,dataset,train_examples,test_examples,eval_method,reinit_method,reinit_params,opt_params,classes,epochs,batch_size,lr,trial,epoch,step,train_acc,train_top5_acc,test_acc,test_top5_acc",
            "iid,2,iid,iid,test,convnet,noise,15,5,iid,kaiming,head,all,12,1,64,0.001,1,1,4,0.8,0.9,0.3,0.4");
        Csv("zero-shot").Should().Equal(
            "network,seed,pretraining,transfer,pool,model,dataset,train_examples,test_examples,eval_method,reinit_method,reinit_params,opt_params,classes,trial,train_acc,train_top5_acc,test_acc,test_top5_acc",
            "iid-zap,1,iid,zero-shot,test,convnet,noise,15,5,zero-shot,lstsq,head,none,12,1,0.8,0.9,0.3,0.4");

        void Save(string id, CellPoint point)
        {
            var cell = SweepSample.Cells.Transfers.Single(each => each.Id == id);
            store.Save(cell, FakeCellExecutor.Result(cell) with { Points = [point] });
        }
    }

    [Fact]
    public async Task Parquet_says_what_the_csv_says()
    {
        var store = new CellStore(_folder.FullName);
        foreach (var cell in SweepSample.Cells.Transfers)
        {
            store.Save(cell, FakeCellExecutor.Result(cell, 0.25));
        }

        await SweepTables.WriteAsync(_folder.FullName, SweepSample.Cells.Transfers, store, TestContext.Current.CancellationToken);

        foreach (var name in new[] { "sequential", "iid", "zero-shot" })
        {
            var csv = Csv(name);
            await using var file = File.OpenRead($"{At(name)}.parquet");
            var rows = (await ParquetSerializer.DeserializeUntypedAsync(file, cancellationToken: TestContext.Current.CancellationToken)).Data;
            rows.Select(row => string.Join(',', row.Values.Select(value => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture))))
                .Should().Equal(csv.Skip(1));
            rows[0].Keys.Should().Equal(csv[0].Split(','));
        }
    }

    [Theory]
    [InlineData("iid-zap-s1/zero-shot-t1", "zero-shot, whose table is made last")]
    [InlineData("iid-s1/head-lr1e-3-t1", "sequential, whose table is made first")]
    public async Task A_damaged_result_leaves_the_tables_that_are_there(string damaged, string because)
    {
        var store = new CellStore(_folder.FullName);
        foreach (var cell in SweepSample.Cells.Transfers)
        {
            store.Save(cell, FakeCellExecutor.Result(cell, 0.25));
        }

        await SweepTables.WriteAsync(_folder.FullName, SweepSample.Cells.Transfers, store, TestContext.Current.CancellationToken);
        var result = Path.Combine(_folder.FullName, "cells", $"{damaged}.json");
        await File.WriteAllTextAsync(result, "{", TestContext.Current.CancellationToken);
        var before = Tree.Of(_folder.FullName);

        var collect = () => SweepTables.WriteAsync(_folder.FullName, SweepSample.Cells.Transfers, store, TestContext.Current.CancellationToken);

        (await collect.Should().ThrowAsync<SweepException>(because)).WithMessage($"{result}:1: *");
        Tree.Of(_folder.FullName).Should().Equal(before);
    }

    [Fact]
    public async Task Tables_that_another_is_writing_are_left_to_him()
    {
        var store = new CellStore(_folder.FullName);
        store.Save(SweepSample.Cells.Transfers[0], FakeCellExecutor.Result(SweepSample.Cells.Transfers[0], 0.25));
        await File.WriteAllTextAsync($"{At("sequential")}.csv.unfinished", "his", TestContext.Current.CancellationToken);
        using var his = FileLock.Try(Path.Combine(_folder.FullName, ".lock"));
        var before = Tree.Of(_folder.FullName);

        var collect = () => SweepTables.WriteAsync(_folder.FullName, SweepSample.Cells.Transfers, store, TestContext.Current.CancellationToken);

        (await collect.Should().ThrowAsync<SweepException>()).WithMessage($"{_folder.FullName}: this process is writing tables there");
        Tree.Of(_folder.FullName).Should().Equal(before);
    }

    [Fact]
    public async Task Tables_of_nothing_do_not_replace_others()
    {
        await File.WriteAllTextAsync($"{At("sequential")}.csv", "kept", TestContext.Current.CancellationToken);
        var collect = () => SweepTables.WriteAsync(_folder.FullName, SweepSample.Cells.Transfers, new CellStore(_folder.FullName), TestContext.Current.CancellationToken);
        (await collect.Should().ThrowAsync<SweepException>()).WithMessage("*there are no results to collect yet");
        Tree.Of(_folder.FullName).Should().ContainSingle();
    }

    [Fact]
    public async Task What_was_not_measured_is_empty()
    {
        var result = FakeCellExecutor.Result(SweepSample.Cells.Transfers[0]) with { Points = [FakeCellExecutor.Point(1, 0.5) with { Support = null! }] };

        await TableRows.Sequential.WriteAsync(At("sequential.csv"), At("sequential.parquet"), ClassRow.Of(result), TestContext.Current.CancellationToken);
        await TableRows.ZeroShot.WriteAsync(At("zero-shot.csv"), At("zero-shot.parquet"), PointRow.Of(result), TestContext.Current.CancellationToken);

        Csv("sequential")[1].Should().EndWith(",0.001,1,0,1,0,,0.2");
        Csv("zero-shot")[1].Should().EndWith(",1,,,0.5,0.5");
        await using var file = File.OpenRead($"{At("zero-shot")}.parquet");
        var row = (await ParquetSerializer.DeserializeUntypedAsync(file, cancellationToken: TestContext.Current.CancellationToken)).Data.Single();
        row.GetValueOrDefault("train_acc").Should().BeNull();
        row["test_acc"].Should().Be(0.5);
    }

    private static string Hits(int classes) => string.Join(' ', Enumerable.Repeat(1, classes));

    private string At(string table) => Path.Combine(_folder.FullName, table);

    private string[] Csv(string table) => File.ReadAllLines($"{At(table)}.csv");
}
