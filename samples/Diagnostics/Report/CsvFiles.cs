using System.Globalization;
using CsvHelper;
using Diagnostics.Training;
using Zapping.Samples;

namespace Diagnostics.Report;

/// <summary>The two tables: measurements in the course of training, and matrices of tasks.</summary>
internal static class CsvFiles
{
    public static void Write<T>(string path, IEnumerable<T> rows)
    {
        using var csv = FiniteNumber.In(new CsvWriter(new StreamWriter(path), CultureInfo.InvariantCulture));
        csv.WriteRecords(rows);
    }

    /// <summary>Every entry of every matrix.</summary>
    public static IEnumerable<MatrixEntry> Entries(ArmResult result) => TaskMatrices.Of(result).SelectMany(matrix =>
        from row in Enumerable.Range(0, matrix.Values.GetLength(0))
        from task in Enumerable.Range(0, matrix.Values.GetLength(1))
        select new MatrixEntry(result.Arm, matrix.Name, row, task, matrix.Values[row, task]));
}

/// <summary>A row of matrices.csv.</summary>
/// <param name="Arm">With or without zapping.</param>
/// <param name="Matrix">Which matrix.</param>
/// <param name="Row">The task that was learned last, or on which the step is made.</param>
/// <param name="Task">The task on which it is measured.</param>
/// <param name="Value">The number.</param>
internal sealed record MatrixEntry(Arm Arm, string Matrix, int Row, int Task, double Value);
