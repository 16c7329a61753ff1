using System.Diagnostics;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Zapping.Training.Native;

/// <summary>
/// Switches of libtorch's context that TorchSharp does not bind, by the names that libtorch_cpu exports: C++ names, as GCC and Clang
/// make them, and as Visual C++ does. A name that is missing, in another version of libtorch say, makes the switch one that cannot be had.
/// </summary>
internal sealed unsafe class LibTorchContext : IOneDnnSwitch
{
    private readonly nint _library;
    private readonly nint _context;

    private LibTorchContext(nint library, nint context) => (_library, _context) = (library, context);

    /// <summary>That of the libtorch which this process has loaded; null if it cannot be found.</summary>
    public static LibTorchContext? Find()
    {
        TryInitializeDeviceType(TorchSharp.DeviceType.CPU); // loads libtorch
        using var process = Process.GetCurrentProcess();
        var path = process.Modules.Cast<ProcessModule>().Select(module => module.FileName)
            .FirstOrDefault(file => Path.GetFileNameWithoutExtension(file) is "libtorch_cpu" or "torch_cpu");
        if (path is null || !NativeLibrary.TryLoad(path, out var library)
            || !TryGetExport(library, out var globalContext, "_ZN2at13globalContextEv", "?globalContext@at@@YAAEAVContext@1@XZ"))
        {
            return null;
        }

        return new LibTorchContext(library, ((delegate* unmanaged<nint>)globalContext)());
    }

    /// <inheritdoc/>
    public bool? IsOneDnnEnabled => TryGetExport(
        _library, out var getter, "_ZNK2at7Context17userEnabledMkldnnEv", "?userEnabledMkldnn@Context@at@@QEBA_NXZ")
        ? ((delegate* unmanaged<nint, byte>)getter)(_context) != 0
        : null;

    /// <inheritdoc/>
    public bool TryEnableOneDnn(bool enable) =>
        TrySet(enable, "_ZN2at7Context20setUserEnabledMkldnnEb", "?setUserEnabledMkldnn@Context@at@@QEAAX_N@Z");

    /// <inheritdoc/>
    public void QuietNnpack()
    {
        if (TryGetExport(_library, out var initialize, "nnp_initialize") && ((delegate* unmanaged<int>)initialize)() != 0)
        {
            TrySet(false, "_ZN2at7Context20setUserEnabledNNPACKEb", "?setUserEnabledNNPACK@Context@at@@QEAAX_N@Z");
        }
    }

    private bool TrySet(bool value, params ReadOnlySpan<string> setters)
    {
        if (!TryGetExport(_library, out var setter, setters))
        {
            return false;
        }

        ((delegate* unmanaged<nint, byte, void>)setter)(_context, value ? (byte)1 : (byte)0);
        return true;
    }

    private static bool TryGetExport(nint library, out nint address, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (NativeLibrary.TryGetExport(library, name, out address))
            {
                return true;
            }
        }

        address = 0;
        return false;
    }
}

/// <summary>Whether libtorch uses oneDNN, as the guard of convolutions sees it.</summary>
internal interface IOneDnnSwitch
{
    /// <summary>Whether it may; null if that cannot be asked.</summary>
    bool? IsOneDnnEnabled { get; }

    /// <summary>Allows or forbids it for the whole process, from the next operation on.</summary>
    /// <returns>Whether that was possible.</returns>
    bool TryEnableOneDnn(bool enable);

    /// <summary>
    /// Keeps libtorch from trying NNPACK, and from saying so each time, where NNPACK does not run; nothing changes where it does.
    /// </summary>
    void QuietNnpack();
}
