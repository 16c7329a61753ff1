using static TorchSharp.torch;

namespace Zapping.Training.Serving;

/// <summary>
/// A model for predictions while another one of its kind is trained: a copy that never changes, and is exchanged as a whole when there is something new. Never predict with the
/// model that is being trained: its weights change under the prediction, a reset makes its answers random, and a growing head makes calls fail.
/// </summary>
/// <typeparam name="TModel">The class of both.</typeparam>
/// <threadsafety>Thread-safe, but for <see cref="Publish"/>, which reads the trained model: it belongs to the thread that trains.</threadsafety>
public interface IServedModel<TModel>
    where TModel : nn.Module
{
    /// <summary>How many models have been published; 0 before the first.</summary>
    long Version { get; }

    /// <summary>
    /// Calls a function with the newest copy, without gradients. The copy is not disposed of before the function returns, whatever is published meanwhile; many may use it at
    /// the same time.
    /// </summary>
    /// <typeparam name="TResult">
    /// Of the result. Tensors that the function makes are disposed of when it returns, except for those that it returns, by themselves, in a tuple or in a list: they belong to
    /// the caller's dispose scope, or to the caller if there is none.
    /// </typeparam>
    /// <param name="use">Is given the copy, which it must neither change nor keep.</param>
    /// <exception cref="InvalidOperationException">No model has been published yet.</exception>
    /// <exception cref="ObjectDisposedException">This has been disposed of.</exception>
    TResult Use<TResult>(Func<TModel, TResult> use);

    /// <summary>As <see cref="Use{TResult}(Func{TModel, TResult})"/>, and says which version it is, such as to know the names of its classes.</summary>
    /// <typeparam name="TResult">Of the result, as there.</typeparam>
    /// <param name="use">Is given the copy and its version, at least 1.</param>
    /// <exception cref="InvalidOperationException">No model has been published yet.</exception>
    /// <exception cref="ObjectDisposedException">This has been disposed of.</exception>
    TResult Use<TResult>(Func<TModel, long, TResult> use);

    /// <summary>
    /// Serves a copy of the model from now on: its parameters and buffers as they are, in eval mode. Calls that are under way finish with the copy that they began with, which
    /// is disposed of after the last of them; nobody waits.
    /// </summary>
    /// <param name="trained">Only read; on the thread that trains it, between two steps.</param>
    /// <returns>The version of the copy, one more than that of the last.</returns>
    /// <exception cref="InvalidOperationException">The copy does not fit the model; the message names each parameter. What was served before still is.</exception>
    /// <exception cref="ObjectDisposedException">This has been disposed of.</exception>
    long Publish(TModel trained);
}
