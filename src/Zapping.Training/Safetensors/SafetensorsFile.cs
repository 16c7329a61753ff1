using static TorchSharp.torch;

namespace Zapping.Training.Safetensors;

/// <summary>
/// Named tensors in the safetensors format, which Python's <c>safetensors</c> reads and writes too. Everything the
/// header says is checked when the file is opened; tensors are read when they are asked for. Not thread-safe.
/// </summary>
/// <remarks>
/// <para>
/// Types: Float64, Float32, Float16, BFloat16, ComplexFloat32, Int64, Int32, Int16, Int8, Byte and Bool. The format has others, which
/// TorchSharp has not: U16, U32, U64, and floating-point numbers of 4, 6 and 8 bits. A file with such tensors is opened, and its other tensors
/// are read; only reading one of these is refused.
/// </para>
/// <para>
/// Stricter than the reference implementation, after the format's description: keys that come twice, fields that the format has not,
/// entries that are arrays and <c>__metadata__</c> that are null are refused, and so are booleans other than 0 and 1, and empty tensors
/// whose other sizes multiply to more bytes than 63 bits count, which libtorch cannot hold.
/// </para>
/// </remarks>
public sealed class SafetensorsFile : IDisposable
{
    private readonly Stream _stream;
    private readonly bool _leaveOpen;
    private readonly SafetensorsHeader _header;
    private readonly long _dataStart;
    private bool _disposed;

    private SafetensorsFile(Stream stream, bool leaveOpen)
    {
        _stream = stream;
        _leaveOpen = leaveOpen;
        Source = stream is FileStream file ? $"'{file.Name}'" : "The stream";
        var start = stream.Position;
        try
        {
            _header = SafetensorsHeader.Read(stream);
        }
        catch (Exception failure) when (failure is InvalidDataException or EndOfStreamException)
        {
            throw new InvalidDataException($"{Source} is not a valid safetensors file: {failure.Message}.", failure);
        }

        _dataStart = start + _header.Length;
    }

    /// <summary>The names of the tensors, in the order of their data.</summary>
    public IReadOnlyList<string> Names => _header.Tensors.Keys;

    /// <summary>Free text by key; empty if there is none.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _header.Metadata;

    /// <summary>What messages call the file.</summary>
    internal string Source { get; }

    /// <summary>Type and shape of a tensor.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <exception cref="KeyNotFoundException">There is no such tensor.</exception>
    public TensorInfo this[string name] =>
        _header.Tensors.TryGetValue(name, out var info)
            ? info
            : throw new KeyNotFoundException($"{Source} has no tensor '{name}'.");

    /// <summary>
    /// Writes tensors, byte for byte as the reference implementation does with no metadata or one entry of them: sorted by type and
    /// name (by code points), with no more escapes in names than JSON requires. So the same tensors give the same bytes in whatever order
    /// they come. Metadata are sorted by key, which the reference implementation leaves to chance.
    /// </summary>
    /// <param name="stream">Written to from its current position; neither flushed nor closed.</param>
    /// <param name="tensors">By distinct names; of any device and layout in memory. They are not changed.</param>
    /// <param name="metadata">Free text to store with them.</param>
    /// <exception cref="ArgumentException">
    /// A name comes twice, is <c>__metadata__</c> or no valid Unicode, or a tensor is disposed, sparse or of a type that the
    /// format has not. Nothing has been written then.
    /// </exception>
    public static void Write(
        Stream stream, IEnumerable<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(tensors);
        SafetensorsWriter.Write(stream, tensors, metadata);
    }

    /// <summary>Opens a file and checks its header.</summary>
    /// <param name="path">An existing file; it stays open until <see cref="Dispose"/>.</param>
    /// <exception cref="InvalidDataException">It is no valid safetensors file, is cut off or has bytes too many.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static SafetensorsFile Open(string path)
    {
        // No buffer: whole tensors are read at once.
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        try
        {
            return new(stream, leaveOpen: false);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Opens what a stream holds from its current position to its end, and checks the header.</summary>
    /// <param name="stream">A stream that can seek.</param>
    /// <param name="leaveOpen">Whether <see cref="Dispose"/> leaves the stream open. It stays open if this method fails.</param>
    /// <exception cref="InvalidDataException">It is no valid safetensors file, is cut off or has bytes too many.</exception>
    /// <exception cref="ArgumentException">The stream cannot seek.</exception>
    public static SafetensorsFile Open(Stream stream, bool leaveOpen = false)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return stream.CanSeek
            ? new(stream, leaveOpen)
            : throw new ArgumentException("The stream cannot seek, so its length cannot be checked.", nameof(stream));
    }

    /// <summary>Whether there is a tensor of this name.</summary>
    /// <param name="name">Any name.</param>
    public bool Contains(string name) => _header.Tensors.ContainsKey(name);

    /// <summary>Reads a tensor.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <returns>A new tensor on the CPU, in the current dispose scope.</returns>
    /// <exception cref="KeyNotFoundException">There is no such tensor.</exception>
    /// <exception cref="InvalidDataException">
    /// The file has been cut off since it was opened, or holds a boolean that is neither 0 nor 1.
    /// </exception>
    /// <exception cref="NotSupportedException">TorchSharp has no such type (<see cref="TensorInfo.DataType"/> is null).</exception>
    /// <exception cref="ObjectDisposedException">The file has been closed.</exception>
    public Tensor Read(string name)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var info = this[name];
        var type = TypeOf(name, info);
        using var scope = NewDisposeScope();
        var values = empty([.. info.Shape], type, CPU);
        _stream.Position = _dataStart + info.Start;
        try
        {
            TensorBytes.Read(values, _stream);
        }
        catch (EndOfStreamException failure)
        {
            throw new InvalidDataException($"{Source} ends inside the data of '{name}'.", failure);
        }

        return type != ScalarType.Bool || TensorBytes.AreBooleans(values)
            ? values.MoveToOuterDisposeScope()
            : throw new InvalidDataException($"{Source} holds booleans in '{name}' that are neither 0 nor 1.");
    }

    /// <summary>
    /// Reads a tensor into another one, in place and past autograd; what fails leaves the other one as it was. Takes one
    /// copy of the tensor on the CPU meanwhile.
    /// </summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="target">Exactly of the same shape, on any device.</param>
    /// <param name="convert">Whether values are converted, with rounding, if the types differ; complex ones never become real.</param>
    /// <exception cref="ArgumentException">The shapes differ, or the types without <paramref name="convert"/>.</exception>
    /// <exception cref="KeyNotFoundException">There is no such tensor.</exception>
    /// <exception cref="InvalidDataException">As for <see cref="Read"/>.</exception>
    /// <exception cref="NotSupportedException">As for <see cref="Read"/>.</exception>
    /// <exception cref="ObjectDisposedException">The file has been closed.</exception>
    public void ReadInto(string name, Tensor target, bool convert = false)
    {
        ArgumentNullException.ThrowIfNull(target);
        var info = this[name];
        TypeOf(name, info);
        if (!info.Fits(target, convert))
        {
            throw new ArgumentException(
                $"'{name}' is {info} in the file, but the target is {target.dtype} [{string.Join(", ", target.shape)}].", nameof(target));
        }

        using var noGrad = no_grad();
        using var values = Read(name);
        target.copy_(values);
    }

    /// <summary>Closes the file. Tensors that were read stay.</summary>
    public void Dispose()
    {
        _disposed = true;
        if (!_leaveOpen)
        {
            _stream.Dispose();
        }
    }

    private ScalarType TypeOf(string name, TensorInfo info) => info.DataType
        ?? throw new NotSupportedException($"{Source} holds '{name}' as {info}, a type that TorchSharp does not have. Its other tensors can be read.");
}
