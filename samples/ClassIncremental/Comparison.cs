using System.Globalization;
using Spectre.Console;

namespace ClassIncremental;

/// <summary>Sends both networks through all of it, and says how they fared.</summary>
internal static class Comparison
{
    private const int Rows = 5;

    public static void Run(CharacterClasses classes, Scale scale, int seed, string folder)
    {
        var without = Course(zap: false);
        var with = Course(zap: true);

        var table = new Table { Caption = new TableTitle("accuracy in percent on drawings that were not learned from; one seed") };
        table.AddColumns("classes seen", "all, without zapping", "all, with", "new ones, without", "new ones, with");
        for (var arrived = 0; arrived < with.Count; arrived += (with.Count - 1) / Math.Min(Rows, with.Count - 1))
        {
            var (a, b) = (without[arrived], with[arrived]);
            table.AddRow(a.ClassesSeen.ToString(CultureInfo.InvariantCulture), Text(a.All), Text(b.All), Text(a.New), Text(b.New));
        }

        AnsiConsole.Write(table);
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, "class-incremental.png");
        Picture.Save(without, with, path);
        Console.WriteLine(path);

        IReadOnlyList<Accuracy> Course(bool zap)
        {
            Console.WriteLine($"{(zap ? "with" : "without")} zapping: {scale.FirstClasses} classes together, then {scale.NewClasses} one by one");
            using var model = Beginning.Learn(classes, scale, seed, zap);
            return Production.Run(model, classes, scale);
        }
    }

    private static string Text(double percent) => double.IsNaN(percent) ? "-" : percent.ToString("f1", CultureInfo.InvariantCulture);
}
