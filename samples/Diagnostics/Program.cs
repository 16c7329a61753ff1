return Diagnostics.Commands.App.Run(args);
