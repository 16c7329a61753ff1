// What does a reset do for a network that keeps learning, and which one should be taken? The problems on which the literature measures lost plasticity, small enough for two cores, with every policy
// of the library:
//   dotnet run -c Release --project samples/Plasticity -- compare --quick                     random labels, a third of the tasks, two seeds
//   dotnet run -c Release --project samples/Plasticity -- list                                 problems and policies
//   dotnet run -c Release --project samples/Plasticity -- compare --problem permuted-labels    every policy on one problem
Zapping.CommandLine.LastingOutput.Use();
return await Plasticity.Commands.App.RunAsync(args).ConfigureAwait(false);
