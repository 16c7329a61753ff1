using FluentAssertions;
using Xunit;

namespace Zapping.Training.Tests.Build;

/// <summary>What takes the package without being an ordinary C# project for .NET 10.</summary>
[Collection(PackedFeed.Collection)]
public sealed class PackageConsumerTests(PackedFeed packed)
{
    private const string Trained = "trained, 80 steps";

    [Theory]
    [InlineData("net8.0")]
    [InlineData("netstandard2.0")]
    public void An_older_framework_is_refused_when_it_is_restored(string framework)
    {
        using var project = new ThrowawayProject();
        packed.Refer(project, $"<TargetFramework>{framework}</TargetFramework><DisableImplicitFrameworkReferences>true</DisableImplicitFrameworkReferences>");

        var (exitCode, output) = project.Dotnet("restore");

        exitCode.Should().NotBe(0);
        output.Should().Contain($"error NU1202: Package Zapping.Training {packed.Version} is not compatible with {framework}");
    }

    [Fact]
    public void A_single_file_of_code_runs()
    {
        using var project = new ThrowawayProject();
        project.Delete("app.csproj");
        project.Write("Directory.Packages.props", "<Project />");
        var (exitCode, output) = RunFile(project, "");
        if (output.Contains("NU1301", StringComparison.Ordinal))
        {
            // Such a program can be published as native code unless it says otherwise, and then asks for a compiler's package, which may not be in the cache when no source can be reached.
            (exitCode, output) = RunFile(project, "#:property PublishAot=false");
        }

        exitCode.Should().Be(0, output);
        Lines(output).Should().Contain(Trained);
    }

    private (int ExitCode, string Output) RunFile(ThrowawayProject project, string property)
    {
        project.Write("train.cs", $$"""
            #:package Zapping.Training@{{packed.Version}}
            #:package libtorch-cpu-linux-x64@{{ThrowawayProject.LibTorchVersion}}
            #:property CreateHardLinksForCopyLocalIfPossible=true
            #:property RestoreAdditionalProjectSources={{packed.Feed}}
            {{property}}
            using Zapping.Training;
            using static TorchSharp.torch;
            using static TorchSharp.torch.nn;

            using var model = Sequential(("body", Linear(8, 16)), ("relu", ReLU()), ("head", Linear(16, 4)));
            using var optimizer = optim.Adam(model.parameters(), 1e-2);
            using var trainer = new ContinualTrainer(model, optimizer).UseZapping(every: BoundaryKind.ClassBoundary, zap => zap.Head = "head");
            for (var c = 0; c < 4; c++)
            {
                trainer.BeginClass(c);
                for (var step = 0; step < 20; step++)
                {
                    trainer.TrainStep(randn(16, 8) + c, full([16], c, ScalarType.Int64));
                }
            }

            Console.WriteLine($"trained, {trainer.State.Steps} steps");
            """);

        return project.Run("dotnet", ["run", "train.cs"], packed.Environment);
    }

    [Fact]
    public void A_program_in_FSharp_runs()
    {
        using var project = new ThrowawayProject();
        project.Delete("app.csproj");
        packed.Refer(
            project,
            "<OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><RuntimeIdentifier>linux-x64</RuntimeIdentifier><SelfContained>false</SelfContained><RollForward>Major</RollForward>",
            "app.fsproj",
            "<Compile Include=\"Program.fs\" />");
        project.Write("Program.fs", FSharp);

        var (exitCode, output) = project.Build("-warnaserror");
        exitCode.Should().Be(0, output);
        (exitCode, output) = project.RunBuilt();

        exitCode.Should().Be(0, output);
        Lines(output).Should().Contain(Trained);
    }

    [Fact]
    public void A_script_in_FSharp_Interactive_runs_and_leaves_the_package_cache_as_it_is()
    {
        using var project = new ThrowawayProject();
        Assert.SkipUnless(project.Dotnet("fsi", "--help").ExitCode == 0, "this SDK has no F# Interactive");
        project.Write("train.fsx", $"""
            #i "nuget: {packed.Feed}"
            #r "nuget: Zapping.Training, {packed.Version}"
            #r "nuget: libtorch-cpu-linux-x64, {ThrowawayProject.LibTorchVersion}"
            Zapping.Training.Native.TorchLoader.EnsureLoaded()
            Zapping.Training.Native.TorchLoader.EnsureLoaded()
            {FSharp}
            """);

        var (exitCode, output) = project.Run("dotnet", ["fsi", "train.fsx"], packed.Environment);

        exitCode.Should().Be(0, output);
        Lines(output).Should().Contain(Trained);
        File.ReadAllBytes(ThrowawayProject.CachedLibrary).AsSpan().SequenceEqual(ThrowawayProject.PackagedLibrary()).Should().BeTrue();
        var managed = Path.Combine(Path.GetDirectoryName(ThrowawayProject.CachedLibrary)!, "..", "..", "..", "lib");
        Directory.EnumerateFiles(managed, "libtorch_cpu.so", SearchOption.AllDirectories).Should().BeEmpty("TorchSharp had no need to copy it there");
    }

    // Warnings of sources that cannot be reached may come before and after.
    private static IEnumerable<string> Lines(string output) => output.Split('\n').Select(line => line.Trim());

    private const string FSharp = """
        open System
        open TorchSharp
        open Zapping.Training

        type Layer = torch.nn.Module<torch.Tensor, torch.Tensor>

        let model =
            torch.nn.Sequential(
                struct ("body", torch.nn.Linear(8L, 16L) :> Layer),
                struct ("relu", torch.nn.ReLU() :> Layer),
                struct ("head", torch.nn.Linear(16L, 4L) :> Layer))

        let trainer =
            (new ContinualTrainer(model, torch.optim.Adam(model.parameters(), 1e-2)))
                .UseZapping(every = BoundaryKind.ClassBoundary, configure = fun zap -> zap.Head <- HeadSelector.ByName "head")

        for c in 0 .. 3 do
            trainer.BeginClass(c) |> ignore
            for _ in 1 .. 20 do
                let inputs = torch.randn([| 16L; 8L |]) + torch.tensor(float32 c)
                let labels = torch.full([| 16L |], (int64 c).ToScalar(), dtype = Nullable torch.ScalarType.Int64)
                trainer.TrainStep(inputs, labels) |> ignore

        printfn "trained, %d steps" trainer.State.Steps
        """;
}
