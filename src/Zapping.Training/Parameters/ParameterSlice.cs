using System.Globalization;
using TorchSharp;
using Zapping.Training.Randomness;
using Zapping.Training.Torch;
using static TorchSharp.torch;

namespace Zapping.Training.Parameters;

/// <summary>
/// Which entries of a parameter are meant: all of them, rows (first dimension: the output units of a linear or
/// convolution layer), columns (second dimension: its inputs), or single ones by their numbers.
/// </summary>
public sealed class ParameterSlice
{
    private const long LargeTensor = 1 << 16;
    private const int Flat = -1; // in place of a dimension: single entries

    private static readonly long[] First = [0];

    private readonly int _dimension;
    private readonly long[]? _indices;

    private ParameterSlice(int dimension, long[]? indices)
    {
        _dimension = dimension;
        _indices = indices;
        IsRun = indices is null || (dimension != Flat && indices[^1] - indices[0] == indices.Length - 1 && IsAscending(indices));
    }

    /// <summary>Every entry.</summary>
    public static ParameterSlice All { get; } = new(0, null);

    /// <summary>The given rows, in the given order.</summary>
    /// <param name="rows">Distinct indices of the first dimension, at least one.</param>
    /// <exception cref="ArgumentException">The list is empty, or names a row twice.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A row is negative.</exception>
    public static ParameterSlice Rows(params ReadOnlySpan<int> rows) => new(0, Distinct(Widened(rows), "row"));

    /// <summary>The given columns, in the given order.</summary>
    /// <param name="columns">Distinct indices of the second dimension, at least one.</param>
    /// <exception cref="ArgumentException">The list is empty, or names a column twice.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A column is negative.</exception>
    public static ParameterSlice Columns(params ReadOnlySpan<int> columns) => new(1, Distinct(Widened(columns), "column"));

    /// <summary>Single entries, in the given order. Entry k of a parameter is that of <c>parameter.flatten()</c>, whatever its memory looks like: the last dimension runs fastest.</summary>
    /// <param name="entries">Distinct numbers of entries, at least one.</param>
    /// <exception cref="ArgumentException">The list is empty, or names an entry twice.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative.</exception>
    public static ParameterSlice Entries(params ReadOnlySpan<long> entries) => new(Flat, Distinct(entries.ToArray(), "entry"));

    /// <summary>For example <c>all</c>, <c>row 3</c>, <c>columns 1, 2, 5</c> or <c>entries 0, 17</c>.</summary>
    public override string ToString()
    {
        if (_indices is null)
        {
            return "all";
        }

        return _indices.Length switch
        {
            1 => string.Create(CultureInfo.InvariantCulture, $"{Noun} {_indices[0]}"),
            <= 8 => $"{Plural} {string.Join(", ", _indices)}",
            _ => $"{_indices.Length} {Plural} ({string.Join(", ", _indices.Take(8))}, …)",
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

    /// <summary>Whether it is single entries that are selected, which have no row of their own.</summary>
    internal bool IsOfEntries => _dimension == Flat;

    private string Noun => _dimension switch { Flat => "entry", 0 => "row", _ => "column" };

    private string Plural => _dimension switch { Flat => "entries", 0 => "rows", _ => "columns" };

    /// <summary>How many rows, columns or entries are selected of a parameter of this shape.</summary>
    internal long CountOf(ReadOnlySpan<long> shape) => _indices?.Length ?? (shape.Length > _dimension ? shape[_dimension] : 1);

    /// <summary>The shape of the selected entries.</summary>
    internal long[] ShapeOf(ReadOnlySpan<long> shape)
    {
        if (IsOfEntries)
        {
            return [_indices!.Length];
        }

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

        if (shape.Length <= _dimension)
        {
            throw new ArgumentOutOfRangeException(
                $"Parameter '{parameterName}' has {shape.Length} dimension(s) and so no {Plural}.", innerException: null);
        }

        var count = IsOfEntries ? TensorShape.EntriesOf(shape) : shape[_dimension];
        foreach (var index in _indices)
        {
            if (index >= count)
            {
                throw new ArgumentOutOfRangeException(
                    $"Parameter '{parameterName}' of shape [{string.Join(", ", shape.ToArray())}] has no {Noun} {index}: "
                    + $"it has {count} {Plural}.",
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
        if (!IsOfEntries)
        {
            return source.index_select(_dimension, indices);
        }

        using var flat = source.reshape(-1);
        return flat.index_select(0, indices);
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
        if (!IsOfEntries)
        {
            destination.index_copy_(_dimension, indices, sameType);
            return;
        }

        using var flat = destination.reshape(-1); // the memory itself if it lies in order, a copy if not
        flat.index_copy_(0, indices, sameType);
        if (!destination.is_contiguous())
        {
            using var whole = flat.view(TensorShape.Of(destination));
            destination.copy_(whole);
        }
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

        if (IsOfEntries)
        {
            using var values = full(_indices!.Length, number, destination.dtype, destination.device);
            Scatter(destination, values);
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

    private static long[] Widened(ReadOnlySpan<int> indices)
    {
        var result = new long[indices.Length];
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = indices[i];
        }

        return result;
    }

    private static long[] Distinct(long[] indices, string noun)
    {
        if (indices.Length == 0)
        {
            throw new ArgumentException($"The selection is empty: name at least one {noun}.", nameof(indices));
        }

        foreach (var index in indices)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index, noun);
        }

        if (indices.Length > 1)
        {
            var sorted = (long[])indices.Clone();
            Array.Sort(sorted);
            for (var i = 1; i < sorted.Length; i++)
            {
                if (sorted[i] == sorted[i - 1])
                {
                    throw new ArgumentException($"The selection names {noun} {sorted[i]} twice.", nameof(indices));
                }
            }
        }

        return indices;
    }
}
