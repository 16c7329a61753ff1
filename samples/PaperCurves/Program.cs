Console.WriteLine("PaperCurves");
