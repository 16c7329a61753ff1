using System.CommandLine;
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
                policies.AddRow(row.Name, row.Description, PolicyRow.TextOf(row.Options), row.KnowsTasks ? "yes" : "no");
            }

            AnsiConsole.Write(problems);
            AnsiConsole.Write(policies);
            return ExitCodes.Done;
        });
        return command;
    }
}
