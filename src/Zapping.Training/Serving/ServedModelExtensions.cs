using static TorchSharp.torch;

namespace Zapping.Training.Serving;

/// <summary>Predictions of a served model.</summary>
public static class ServedModelExtensions
{
    /// <summary>The outputs of the newest copy, without gradients.</summary>
    /// <typeparam name="TModel">The model's class.</typeparam>
    /// <param name="served">What is served.</param>
    /// <param name="inputs">[n, …], on the device of the copy.</param>
    /// <returns>What the model returns, usually logits [n, classes]. It belongs to the caller's dispose scope, or to the caller if there is none.</returns>
    /// <exception cref="InvalidOperationException">No model has been published yet.</exception>
    public static Tensor Predict<TModel>(this IServedModel<TModel> served, Tensor inputs)
        where TModel : nn.Module<Tensor, Tensor>
    {
        ArgumentNullException.ThrowIfNull(served);
        ArgumentNullException.ThrowIfNull(inputs);
        return served.Use(model => model.call(inputs));
    }
}
