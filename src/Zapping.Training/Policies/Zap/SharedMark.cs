namespace Zapping.Training;

/// <summary>
/// Marks options that everybody shares, such as a recipe with a name, so that a change of them is refused. A copy made by <c>with</c> carries the mark of another object and
/// may be changed. All marks are equal, so that records with it compare by their options alone.
/// </summary>
/// <param name="Shared">The options that are shared.</param>
internal readonly record struct SharedMark(object? Shared)
{
    /// <exception cref="InvalidOperationException">The options are the shared ones.</exception>
    public void EnsureOwn(object options)
    {
        if (ReferenceEquals(Shared, options))
        {
            throw new InvalidOperationException(
                $"These {options.GetType().Name} are shared and cannot be changed: make your own by `with`, as in `{options.GetType().Name}.Recommended with {{ … }}`.");
        }
    }

    public bool Equals(SharedMark other) => true;

    public override int GetHashCode() => 0;
}
