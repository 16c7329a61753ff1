// A classifier in production: it has learned some characters, and then new ones arrive, one by one, and its head grows by a row for
// each. Two networks go through this, alike but for the resets (zapping) while they learned the first classes.
using System.CommandLine;
using ClassIncremental;
using Zapping.CommandLine;

var data = new Option<string?>("--data") { Description = "Folder of Omniglot (images_background, images_evaluation); without it, glyphs are drawn." }.Filled();
var output = new Option<string>("--out") { Description = "Folder for the picture.", DefaultValueFactory = _ => "out/class-incremental" }.Filled();
var seed = NumberOption.Integer("--seed", "Of the initial weights, the order and the glyphs.", otherwise: 1, least: 0);
var smoke = new Option<bool>("--smoke") { Description = "Only check that all of it runs, in seconds; the figures mean nothing." };
var command = new RootCommand("New classes arrive one by one, with and without zapping beforehand.") { data, output, seed, smoke };
CommandAction.Of(command, parse =>
{
    OutputFolder.EnsureWritable(parse.GetValue(output)!);
    var scale = parse.GetValue(smoke) ? Scale.Smoke : Scale.Sample;
    var classes = CharacterClasses.Open(parse.GetValue(data), scale, parse.GetValue(seed));
    Comparison.Run(classes, scale, parse.GetValue(seed), parse.GetValue(output)!);
    return ExitCodes.Done;
});
return Invocation.Run(command, args);
