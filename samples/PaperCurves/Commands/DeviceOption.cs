using System.CommandLine;
using Zapping.CommandLine;
using static TorchSharp.torch;

namespace PaperCurves.Commands;

/// <summary>Where tensors live: cpu, cuda or cuda:N.</summary>
internal static class DeviceOption
{
    private const string Cpu = "cpu";
    private const string Cuda = "cuda";

    public static Option<string> Create() => new("--device")
    {
        Description = "cpu, cuda or cuda:N.",
        DefaultValueFactory = _ => Cpu,
        CustomParser = result =>
        {
            var text = result.Tokens is [var only] ? only.Value : "";
            if (text is not (Cpu or Cuda) && IndexOf(text) is null)
            {
                result.AddError($"--device is '{text}'; it must be cpu, cuda or cuda:N, N being a GPU's number from 0.");
            }

            return text;
        },
    };

    /// <exception cref="CommandException">There is no such device here.</exception>
    public static void EnsureThere(string device)
    {
        if (device == Cpu)
        {
            return;
        }

        if (!cuda.is_available())
        {
            throw new CommandException(
                $"device {device}: CUDA is not available. It needs an NVIDIA driver and a build with -p:TorchBackend=cuda-linux (or cuda-windows).");
        }

        if (IndexOf(device) is { } index && index >= cuda.device_count())
        {
            throw new CommandException(FormattableString.Invariant($"device {device}: there is none; the GPUs here are cuda:0 to cuda:{cuda.device_count() - 1}."));
        }
    }

    private static int? IndexOf(string device) =>
        device.StartsWith($"{Cuda}:", StringComparison.Ordinal) && NumberText.TryInteger(device[(Cuda.Length + 1)..], 0, sbyte.MaxValue, out var index) ? index : null;
}
