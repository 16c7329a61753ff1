Zapping.CommandLine.LastingOutput.Use();
return await PaperCurves.Commands.App.RunAsync(args).ConfigureAwait(false);
