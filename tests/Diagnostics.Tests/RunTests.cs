using System.Globalization;
using CsvHelper;
using Diagnostics.Commands;
using Diagnostics.Report;
using Diagnostics.Training;
using FluentAssertions;
using SkiaSharp;
using Xunit;
using Zapping.Training.Diagnostics;
using Zapping.Training.Tests.Shared;

namespace Diagnostics.Tests;

/// <summary>The sample as one command runs it, with three tasks.</summary>
[Collection(AloneCollection.Name)] // the app sets the number of threads
public sealed class RunTests(RunTests.ThreeTasks run) : IClassFixture<RunTests.ThreeTasks>
{
    private const int Tasks = 3;
    private const int StepsPerTask = 200;

    [Fact]
    public void Both_arms_are_measured_every_ten_steps_and_the_zapped_one_around_its_resets()
    {
        run.ExitCode.Should().Be(0);
        var rows = run.Csv<Measurement>("diagnostics.csv");
        rows.Should().OnlyContain(row => double.IsFinite(row.Value));
        foreach (var arm in Enum.GetValues<Arm>())
        {
            var ranks = rows.Where(row => row.Arm == arm && row.Quantity == Quantities.EffectiveRank).ToList();
            ranks.Where(row => row.Moment == DiagnosticsMoment.Step).Select(row => row.Steps)
                .Should().Equal(Enumerable.Range(1, Tasks * StepsPerTask / 10).Select(i => 10L * i));
            ranks.Where(row => row.Moment != DiagnosticsMoment.Step).Select(row => (row.Moment, row.Steps, row.Boundary))
                .Should().Equal(arm == Arm.Without
                    ? []
                    :
                    [
                        (DiagnosticsMoment.BeforeReset, 200, 1L), (DiagnosticsMoment.AfterReset, 200, 1L),
                        (DiagnosticsMoment.BeforeReset, 400, 2L), (DiagnosticsMoment.AfterReset, 400, 2L),
                    ]);
        }
    }

    [Fact]
    public void Until_the_first_reset_both_arms_are_the_same_and_afterwards_not()
    {
        var rows = run.Csv<Measurement>("diagnostics.csv").Where(row => row.Moment == DiagnosticsMoment.Step).ToLookup(row => row.Arm);
        var (without, with) = (Values(rows[Arm.Without]), Values(rows[Arm.With]));
        with.TakeWhile(row => row.Steps <= StepsPerTask).Should().Equal(without.TakeWhile(row => row.Steps <= StepsPerTask));
        with.Should().NotEqual(without);

        static List<(long Steps, string, string, double)> Values(IEnumerable<Measurement> measurements) =>
            [.. measurements.Select(row => (row.Steps, row.Quantity, row.Subject, row.Value))];
    }

    [Fact]
    public void The_matrices_show_tasks_that_are_learned_and_forgotten()
    {
        var entries = run.Csv<MatrixEntry>("matrices.csv").ToLookup(entry => (entry.Arm, entry.Matrix));
        entries.Should().HaveCount(8).And.OnlyContain(matrix => matrix.Count() == Tasks * Tasks);
        foreach (var arm in Enum.GetValues<Arm>())
        {
            entries[(arm, "accuracy")].Where(e => e.Row == e.Task).Should().OnlyContain(e => e.Value > 0.9);
            entries[(arm, "accuracy")].Where(e => e.Row < e.Task).Should().OnlyContain(e => e.Value < 0.4);
            entries[(arm, "gradient cosine")].Where(e => e.Row == e.Task).Should().OnlyContain(e => Math.Abs(e.Value - 1) < 1e-9);
            entries[(arm, "loss change")].Where(e => e.Row == e.Task).Should().OnlyContain(e => e.Value < 0, "a small step helps its own task");
        }
    }

    [Fact]
    public void TensorBoard_files_are_sound_and_hold_the_same_numbers()
    {
        var rows = run.Csv<Measurement>("diagnostics.csv").Where(row => row.Moment == DiagnosticsMoment.Step).ToLookup(row => row.Arm);
        foreach (var arm in Enum.GetValues<Arm>())
        {
            var file = Directory.GetFiles(Path.Combine(run.Folder, "tensorboard", arm.Title().Replace(' ', '-'))).Should().ContainSingle().Subject;
            Path.GetFileName(file).Should().StartWith("events.out.tfevents.");
            var (version, scalars) = EventFile.Read(file);
            version.Should().Be("brain.Event:2");
            scalars.Where(scalar => scalar.Tag != "training loss").Select(scalar => (scalar.Tag, scalar.Step, scalar.Value))
                .Should().Equal(rows[arm].Select(row => ($"{row.Quantity}/{row.Subject}", row.Steps, (float)row.Value)));
            scalars.Where(scalar => scalar.Tag == "training loss").Select(scalar => scalar.Step)
                .Should().Equal(Enumerable.Range(0, Tasks * StepsPerTask).Select(step => (long)step));
            scalars.Should().OnlyContain(scalar => Math.Abs((scalar.Time - DateTimeOffset.UtcNow).TotalHours) < 24);
        }
    }

    [Fact]
    public void A_damaged_event_file_would_be_noticed()
    {
        var file = File.ReadAllBytes(Directory.GetFiles(Path.Combine(run.Folder, "tensorboard", "with-zapping")).Single());
        file[^20] ^= 1;
        FluentActions.Invoking(() => EventFile.Records(file)).Should().Throw<InvalidDataException>();
        FluentActions.Invoking(() => EventFile.Records(file[..^30])).Should().Throw<InvalidDataException>();
    }

    [Theory]
    [InlineData("diagnostics.png", 1860, 1200)]
    [InlineData("matrices.png", 2080, 1040)]
    public void Pictures_have_lines_and_areas_in_both_arms_colours(string name, int width, int height)
    {
        using var picture = SKBitmap.Decode(Path.Combine(run.Folder, name));
        (picture.Width, picture.Height).Should().Be((width, height));
        var colors = picture.Pixels.GroupBy(pixel => (uint)pixel).ToDictionary(group => group.Key, group => group.Count());
        colors.Should().HaveCountGreaterThan(100);
        if (name == "diagnostics.png")
        {
            colors.Should().ContainKeys(0xFF0072B2, 0xFFD55E00);
        }
    }

    [Fact]
    public void A_second_run_replaces_the_files_and_repeats_the_numbers()
    {
        using var again = new ThreeTasks();
        App.Run([.. again.Arguments]).Should().Be(0);
        Directory.GetFiles(Path.Combine(again.Folder, "tensorboard"), "*", SearchOption.AllDirectories).Should().HaveCount(2);
        foreach (var name in new[] { "diagnostics.csv", "matrices.csv" })
        {
            File.ReadAllText(Path.Combine(again.Folder, name)).Should().Be(File.ReadAllText(Path.Combine(run.Folder, name)));
        }
    }

    [Theory]
    [InlineData("--tasks", "1")]
    [InlineData("--tasks", "many")]
    [InlineData("--tasks", "2,5")]
    [InlineData("--tasks", "101")]
    [InlineData("--seed", "-1")]
    [InlineData("--out", "")]
    [InlineData("--out", "Diagnostics.Tests.dll")]
    [InlineData("--color", "red")]
    public void What_it_does_not_understand_it_refuses_in_one_line(string option, string value)
    {
        using var errors = new StringWriter();
        App.Run([option, value is "Diagnostics.Tests.dll" ? typeof(RunTests).Assembly.Location : value], errors).Should().Be(2);
        errors.ToString().TrimEnd('\r', '\n').Should().StartWith("error: ").And.Contain(option).And.NotContainAny("\n", "\r");
    }

    [Fact]
    public void The_table_has_words_where_there_is_no_number()
    {
        Summary.Text(Summary.MeanOfAll([3, null, 5]), "not always reached").Should().Be("not always reached");
        Summary.Text(Summary.MeanOfAll([3, 5]), "not always reached").Should().Be("4.00");
        Summary.Text(double.NaN, "none").Should().Be("none");
        Summary.Text(double.PositiveInfinity, "none").Should().Be("none");
    }

    [Fact]
    public void Files_and_pictures_leave_out_what_is_no_number()
    {
        var folder = Directory.CreateTempSubdirectory("diagnostics-nan-").FullName;
        var path = Path.Combine(folder, "matrices.csv");
        CsvFiles.Write(path, [new MatrixEntry(Arm.With, "loss", 0, 1, double.NaN), new MatrixEntry(Arm.With, "loss", 1, 0, 0.5)]);
        File.ReadAllText(path).ReplaceLineEndings("\n").Should().Be("Arm,Matrix,Row,Task,Value\nWith,loss,0,1,\nWith,loss,1,0,0.5\n");
        Directory.Delete(folder, recursive: true);
    }

    public sealed class ThreeTasks : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("diagnostics-");

        public ThreeTasks() => ExitCode = App.Run([.. Arguments]);

        public string Folder => Path.Combine(_folder.FullName, "out");

        public IReadOnlyList<string> Arguments => ["--out", Folder, "--tasks", $"{Tasks}"];

        public int ExitCode { get; }

        internal IReadOnlyList<T> Csv<T>(string name)
        {
            using var csv = new CsvReader(new StreamReader(Path.Combine(Folder, name)), CultureInfo.InvariantCulture);
            return [.. csv.GetRecords<T>()];
        }

        public void Dispose() => _folder.Delete(recursive: true);
    }
}
