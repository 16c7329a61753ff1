return Zapping.Training.Benchmarks.CommandLine.Run(args);
