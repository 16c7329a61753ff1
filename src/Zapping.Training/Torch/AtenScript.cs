using TorchSharp;
using static TorchSharp.torch;

namespace Zapping.Training.Torch;

/// <summary>
/// Functions in TorchScript, which reach ATen operators that TorchSharp does not bind, or binds such that what they throw ends the process. They are
/// compiled when the first of them is needed.
/// </summary>
/// <param name="source">The functions.</param>
/// <threadsafety>May be used from any thread.</threadsafety>
internal sealed class AtenScript(string source)
{
    private readonly Lazy<jit.CompilationUnit> _compiled = new(() => jit.compile(source + "\n")); // its parser needs that

    /// <summary>Calls a function that returns nothing.</summary>
    /// <param name="function">Its name.</param>
    /// <param name="arguments">Tensors, arrays of them, whole numbers, doubles and truth values.</param>
    public void Invoke(string function, params object[] arguments) => Call(function, arguments);

    /// <summary>Calls a function that returns a list of tensors.</summary>
    /// <param name="function">Its name.</param>
    /// <param name="arguments">As for <see cref="Invoke"/>.</param>
    public Tensor[] Ask(string function, params object[] arguments) => (Tensor[])Call(function, arguments)!;

    private object? Call(string function, object[] arguments)
    {
        // TorchSharp would make scalars of numbers itself, and let the collector have them before native code reads them.
        for (var i = 0; i < arguments.Length; i++)
        {
            arguments[i] = arguments[i] switch
            {
                double number => number.ToScalar(),
                long number => number.ToScalar(),
                var other => other,
            };
        }

        try
        {
            return _compiled.Value.invoke(function, arguments);
        }
        finally
        {
            foreach (var scalar in arguments.OfType<Scalar>())
            {
                scalar.Dispose();
            }
        }
    }
}
