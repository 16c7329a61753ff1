// A classifier in production: it has learned some characters, and then new ones arrive, one by one, and its head grows by a row for
// each. Two networks go through this, alike but for the resets (zapping) while they learned the first classes.
using System.CommandLine;
using ClassIncremental;
using PaperCurves.Data;

var data = new Option<string?>("--data") { Description = "Folder of Omniglot (images_background, images_evaluation); without it, glyphs are drawn." };
var output = new Option<string>("--out") { Description = "Folder for the picture.", DefaultValueFactory = _ => "out/class-incremental" };
var seed = new Option<int>("--seed") { Description = "Of the initial weights, the order and the glyphs.", DefaultValueFactory = _ => 1 };
var smoke = new Option<bool>("--smoke") { Description = "Only check that all of it runs, in seconds; the figures mean nothing." };
var command = new RootCommand("New classes arrive one by one, with and without zapping beforehand.") { data, output, seed, smoke };
command.SetAction(parse =>
{
    var scale = parse.GetValue(smoke) ? Scale.Smoke : Scale.Sample;
    try
    {
        var classes = CharacterClasses.Open(parse.GetValue(data), scale, parse.GetValue(seed));
        Comparison.Run(classes, scale, parse.GetValue(seed), parse.GetValue(output)!);
        return 0;
    }
    catch (DataException failure)
    {
        Console.Error.WriteLine(failure.Message);
        return 2;
    }
});
return command.Parse(args).Invoke();
