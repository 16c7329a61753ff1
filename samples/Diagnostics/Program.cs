Zapping.CommandLine.LastingOutput.Use();
return Diagnostics.Commands.App.Run(args);
