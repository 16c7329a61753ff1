using System.CommandLine;
using System.Globalization;
using Plasticity.Policies;
using Spectre.Console;
using Zapping.CommandLine;

namespace Plasticity.Commands;

/// <summary>list: problems and policies.</summary>
internal static class ListCommand
{
    public static Command Create()
    {
        var command = new Command("list", "Name the problems, and the policies with their options.");
        CommandAction.Of(command, _ =>
        {
            var problems = new Table().AddColumns("problem", "images");
            foreach (var (name, (data, _)) in ProblemSource.All)
            {
                problems.AddRow(name, data);
            }

            var policies = new Table().AddColumns("policy", "what it does", "options", "told where tasks begin");
            foreach (var row in PolicyRows.All)
            {
                var options = string.Join(", ", row.Options.Select(option => string.Create(CultureInfo.InvariantCulture, $"{option.Key} {option.Value:r}")));
                policies.AddRow(row.Name, row.Description, options, row.KnowsTasks ? "yes" : "no");
            }

            AnsiConsole.Write(problems);
            AnsiConsole.Write(policies);
            return ExitCodes.Done;
        });
        return command;
    }
}
