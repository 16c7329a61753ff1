using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training.Safetensors;

/// <summary>
/// Carries weights between modules and safetensors files, and so between TorchSharp and PyTorch: parameters and persistent
/// buffers, as <c>state_dict()</c> names them, tied ones under each of their names.
/// </summary>
/// <remarks>
/// In Python, <c>safetensors.torch.save_file(net.state_dict(), path)</c> writes and
/// <c>net.load_state_dict(safetensors.torch.load_file(path))</c> reads such files.
/// </remarks>
public static class StateDict
{
    /// <summary>Writes a module's parameters and buffers. Batch counters of normalizations are Int64, as in PyTorch.</summary>
    /// <param name="module">On any device; it is not changed.</param>
    /// <param name="path">A file; it is replaced only when all has been written.</param>
    /// <param name="names">What the tensors are called in the file; by default the same as in the module.</param>
    /// <param name="metadata">Free text to store with them.</param>
    /// <param name="allowNonFinite">Whether parameters may hold NaN and infinity, with which the file could not be loaded without saying so; buffers always may.</param>
    /// <exception cref="InvalidOperationException">A parameter is not finite, and that is not allowed; a file that is there stays.</exception>
    /// <exception cref="ArgumentException">
    /// <paramref name="names"/> leads two tensors to one name, or one to a name that does not lead back when the file is
    /// loaded; or a tensor is of a type that the format has not.
    /// </exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(
        nn.Module module, string path, StateDictKeyMap? names = null, IReadOnlyDictionary<string, string>? metadata = null, bool allowNonFinite = false)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!allowNonFinite && FiniteWeights.Faults(module.named_parameters().Select(p => (p.name, (Tensor)p.parameter))) is { } faults)
        {
            throw new InvalidOperationException($"The file would have {faults}, and {nameof(Load)} would refuse it; nothing was written. Set {nameof(allowNonFinite)} if that is meant.");
        }

        var state = ModuleTensors.Of(module);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var tensors = state.Select(entry => KeyValuePair.Create(
            NameInFile(entry.Key, names ?? StateDictKeyMap.Identity),
            ModuleTensors.IsCounter(entry.Key) ? entry.Value.to(ScalarType.Int64) : entry.Value));

        var partial = path + ".part";
        try
        {
            using (var stream = File.Create(partial))
            {
                SafetensorsFile.Write(stream, tensors, metadata);
            }

            File.Move(partial, path, overwrite: true);
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
    }

    /// <summary>Loads a module from a file, as the other overload does.</summary>
    /// <param name="module">On any device.</param>
    /// <param name="path">A safetensors file.</param>
    /// <param name="names">What the tensors are called in the file; by default the same as in the module.</param>
    /// <param name="options">What is let pass. Default: nothing that does not fit exactly.</param>
    /// <returns>What was loaded, missing and unexpected.</returns>
    /// <exception cref="InvalidDataException">The file is no valid safetensors file, or does not fit.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static StateDictReport Load(
        nn.Module module, string path, StateDictKeyMap? names = null, StateDictLoadOptions? options = null)
    {
        using var file = SafetensorsFile.Open(path);
        return Load(module, file, names, options);
    }

    /// <summary>
    /// Writes tensors of a file into a module's parameters and buffers, in place, so that optimizers stay valid. All names,
    /// shapes and types are checked and all tensors read before the first is written; an exception leaves the module as it
    /// was. Takes one copy of the tensors on the CPU meanwhile.
    /// </summary>
    /// <param name="module">On any device.</param>
    /// <param name="file">An open file.</param>
    /// <param name="names">What the tensors are called in the file; by default the same as in the module.</param>
    /// <param name="options">What is let pass. Default: nothing that does not fit exactly.</param>
    /// <returns>What was loaded, missing and unexpected.</returns>
    /// <exception cref="InvalidDataException">
    /// The file is no valid safetensors file, or does not fit, or has weights that are not finite; the message lists
    /// everything that does not.
    /// </exception>
    public static StateDictReport Load(
        nn.Module module, SafetensorsFile file, StateDictKeyMap? names = null, StateDictLoadOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(file);
        options ??= new StateDictLoadOptions();
        var plan = new StateDictPlan(module, file, names ?? StateDictKeyMap.Identity, options.Convert);
        plan.EnsureFits(options.Strict, file.Source);
        return plan.Load(file, options.AllowNonFinite);
    }

    private static string NameInFile(string nameInModule, StateDictKeyMap names)
    {
        var nameInFile = names.ToFile(nameInModule);
        return names.ToModule(nameInFile) == nameInModule
            ? nameInFile
            : throw new ArgumentException(
                $"'{nameInModule}' would be written as '{nameInFile}' but loaded as '{names.ToModule(nameInFile)}'.", nameof(names));
    }
}
