using System.Globalization;
using TorchSharp;
using Zapping.Training.Randomness;
using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training.Parameters;

/// <summary>
/// Which entries of a parameter are meant: all of them, rows (first dimension: the output units of a linear or
/// convolution layer) or columns (second dimension: its inputs).
/// </summary>
public sealed class ParameterSlice
{
    private const long LargeTensor = 1 << 16;

    private static readonly long[] First = [0];

    private readonly int _dimension;
    private readonly long[]? _indices;

    private ParameterSlice(int dimension, long[]? indices)
    {
        _dimension = dimension;
        _indices = indices;
        IsRun = indices is null || (indices[^1] - indices[0] == indices.Length - 1 && IsAscending(indices));
    }

    /// <summary>Every entry.</summary>
    public static ParameterSlice All { get; } = new(0, null);

    /// <summary>The given rows, in the given order.</summary>
    /// <param name="rows">Distinct indices of the first dimension, at least one.</param>
    /// <exception cref="ArgumentException">The list is empty, or names a row twice.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A row is negative.</exception>
    public static ParameterSlice Rows(params ReadOnlySpan<int> rows) => new(0, Distinct(rows, "row"));

    /// <summary>The given columns, in the given order.</summary>
    /// <param name="columns">Distinct indices of the second dimension, at least one.</param>
    /// <exception cref="ArgumentException">The list is empty, or names a column twice.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A column is negative.</exception>
    public static ParameterSlice Columns(params ReadOnlySpan<int> columns) => new(1, Distinct(columns, "column"));

    /// <summary>For example <c>all</c>, <c>row 3</c> or <c>columns 1, 2, 5</c>.</summary>
    public override string ToString()
    {
        if (_indices is null)
        {
            return "all";
        }

        var noun = _dimension == 0 ? "row" : "column";
        return _indices.Length switch
        {
            1 => string.Create(CultureInfo.InvariantCulture, $"{noun} {_indices[0]}"),
            <= 8 => $"{noun}s {string.Join(", ", _indices)}",
            _ => $"{_indices.Length} {noun}s ({string.Join(", ", _indices.Take(8))}, …)",
        };
    }

    /// <summary>Whether it is rows that are selected, be it all of them.</summary>
    internal bool IsOfRows => _dimension == 0;

    /// <summary>
    /// Whether the entries are neighbors, as one class is and the whole head: a view, which needs no index tensor.
    /// </summary>
    internal bool IsRun { get; }

    /// <summary>The selected indices; the first alone if all entries are selected.</summary>
    internal long[] Indices => _indices ?? First;

    /// <summary>How many rows (or columns) are selected of a parameter of this shape.</summary>
    internal long CountOf(ReadOnlySpan<long> shape) => _indices?.Length ?? (shape.Length > _dimension ? shape[_dimension] : 1);

    /// <summary>The shape of the selected entries.</summary>
    internal long[] ShapeOf(ReadOnlySpan<long> shape)
    {
        var selected = shape.ToArray();
        if (_indices is not null)
        {
            selected[_dimension] = _indices.Length;
        }

        return selected;
    }

    /// <exception cref="ArgumentOutOfRangeException">The slice reaches beyond a parameter of this shape.</exception>
    internal void EnsureWithin(ReadOnlySpan<long> shape, string parameterName)
    {
        if (_indices is null)
        {
            return;
        }

        var noun = _dimension == 0 ? "row" : "column";
        if (shape.Length <= _dimension)
        {
            throw new ArgumentOutOfRangeException(
                $"Parameter '{parameterName}' has {shape.Length} dimension(s) and so no {noun}s.", innerException: null);
        }

        foreach (var index in _indices)
        {
            if (index >= shape[_dimension])
            {
                throw new ArgumentOutOfRangeException(
                    $"Parameter '{parameterName}' of shape [{string.Join(", ", shape.ToArray())}] has no {noun} {index}: "
                    + $"it has {shape[_dimension]} {noun}s.",
                    innerException: null);
            }
        }
    }

    /// <summary>A new tensor with the selected entries.</summary>
    internal Tensor Gather(Tensor source)
    {
        if (IsRun)
        {
            using var view = View(source);
            return view.clone();
        }

        using var indices = tensor(_indices!, device: source.device);
        return source.index_select(_dimension, indices);
    }

    /// <summary>Writes the selected entries in place. <paramref name="values"/> may be of another dtype.</summary>
    internal void Scatter(Tensor destination, Tensor values)
    {
        if (IsRun)
        {
            using var view = View(destination);
            view.copy_(values);
            return;
        }

        using var indices = tensor(_indices!, device: destination.device);
        using var sameType = values.to(destination.dtype);
        destination.index_copy_(_dimension, indices, sameType);
    }

    /// <summary>Sets the selected entries to one number in place.</summary>
    internal void Fill(Tensor destination, double value)
    {
        // A row is filled sooner than libtorch is asked to, and many neighbors sooner by libtorch's threads.
        var isLarge = IsRun && destination.numel() > LargeTensor && CountOf(TensorShape.Of(destination)) > 1;
        if (!isLarge && RowFill.CanFill(destination, this))
        {
            RowFill.Fill(destination, this, Distribution.Constant(value), default);
            return;
        }

        using Scalar number = value;
        if (IsRun)
        {
            using var view = View(destination);
            view.fill_(number);
            return;
        }

        using var indices = tensor(_indices!, device: destination.device);
        destination.index_fill_(_dimension, indices, number);
    }

    /// <summary>The entries themselves, which must be a run.</summary>
    internal Tensor View(Tensor tensor) =>
        _indices is null ? tensor.alias() : tensor.narrow(_dimension, _indices[0], _indices.Length);

    private static bool IsAscending(long[] indices)
    {
        for (var i = 1; i < indices.Length; i++)
        {
            if (indices[i] < indices[i - 1])
            {
                return false;
            }
        }

        return true;
    }

    private static long[] Distinct(ReadOnlySpan<int> indices, string noun)
    {
        if (indices.IsEmpty)
        {
            throw new ArgumentException($"The selection is empty: name at least one {noun}.", nameof(indices));
        }

        var result = new long[indices.Length];
        for (var i = 0; i < result.Length; i++)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(indices[i], noun);
            result[i] = indices[i];
        }

        if (result.Length > 1)
        {
            var sorted = (long[])result.Clone();
            Array.Sort(sorted);
            for (var i = 1; i < sorted.Length; i++)
            {
                if (sorted[i] == sorted[i - 1])
                {
                    throw new ArgumentException($"The selection names {noun} {sorted[i]} twice.", nameof(indices));
                }
            }
        }

        return result;
    }
}
