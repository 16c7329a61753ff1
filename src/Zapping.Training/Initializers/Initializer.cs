using TorchSharp.Modules;
using Zapping.Training.Initializers;
using Zapping.Training.Parameters;
using Zapping.Training.Resets;
using static TorchSharp.torch;

namespace Zapping.Training;

/// <summary>
/// Computes new values for a slice of a parameter. A initializer never touches the parameter itself: it fills a
/// scratch tensor, which <see cref="ResetContext"/> writes once everything that could fail has succeeded.
/// </summary>
/// <threadsafety>Initializers are immutable and may be shared.</threadsafety>
public abstract class Initializer
{
    /// <summary>
    /// Whether <see cref="InitializerContext.Values"/> must hold the current values when <see cref="Write"/> is called
    /// (default <see langword="false"/>: its content is undefined).
    /// </summary>
    public virtual bool NeedsCurrentValues => false;

    /// <summary>
    /// Checks, before anything is written, that this initializer can serve a parameter. Throws if it cannot.
    /// </summary>
    /// <param name="parameter">The parameter.</param>
    /// <param name="name">Its name in the model.</param>
    public virtual void EnsureApplicable(Parameter parameter, string name)
    {
    }

    /// <summary>Fills <see cref="InitializerContext.Values"/> in place.</summary>
    /// <param name="target">What is rewritten; valid during the call only.</param>
    public abstract void Write(InitializerContext target);

    /// <summary>Normal values with mean 0 and std sqrt(2 / fan-in), after He et al. 2015.</summary>
    /// <param name="fan">Which fan-in; default <see cref="KaimingFan.PerRow"/>.</param>
    public static Initializer KaimingNormal(KaimingFan fan = KaimingFan.PerRow) => new KaimingInitializer(fan, uniform: false);

    /// <summary>Values uniform in ±sqrt(6 / fan-in), after He et al. 2015.</summary>
    /// <param name="fan">Which fan-in; default <see cref="KaimingFan.PerRow"/>.</param>
    public static Initializer KaimingUniform(KaimingFan fan = KaimingFan.PerRow) => new KaimingInitializer(fan, uniform: true);

    /// <summary>Normal values with mean 0 and std sqrt(2 / (fan-in + fan-out)), after Glorot and Bengio 2010.</summary>
    public static Initializer XavierNormal() => new XavierInitializer(uniform: false);

    /// <summary>Values uniform in ±sqrt(6 / (fan-in + fan-out)), after Glorot and Bengio 2010.</summary>
    public static Initializer XavierUniform() => new XavierInitializer(uniform: true);

    /// <summary>
    /// What a linear or convolution layer draws when it is built: values uniform in ±1/sqrt(fan-in), for weight
    /// and bias alike. It is not what an embedding draws, for which there is <c>Normal(0, 1)</c>.
    /// </summary>
    /// <param name="fanIn">
    /// The layer's inputs per output unit; <see langword="null"/> (default) reads it off the parameter's shape,
    /// which a bias does not allow.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="fanIn"/> is not positive.</exception>
    public static Initializer LayerDefault(long? fanIn = null) => new LayerDefaultInitializer(fanIn);

    /// <summary>Normal values with a mean and a standard deviation, whatever the shape; embeddings are often drawn so.</summary>
    /// <param name="mean">Finite; default 0.</param>
    /// <param name="std">Standard deviation, finite and at least 0; default 0.02.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is not finite, or the deviation negative.</exception>
    public static Initializer Normal(double mean = 0, double std = 0.02) => new NormalInitializer(mean, std);

    /// <summary>Zeros.</summary>
    public static Initializer Zeros() => new ConstantInitializer(0);

    /// <summary>One number everywhere.</summary>
    /// <param name="value">A finite number.</param>
    public static Initializer Constant(double value) => new ConstantInitializer(value);

    /// <summary>The current values, with a number added to each.</summary>
    /// <param name="shifts">One for each entry of the slice, in its order. A reset that would write a value which is not finite is refused.</param>
    public static Initializer Shift(params IReadOnlyList<double> shifts)
    {
        ArgumentNullException.ThrowIfNull(shifts);
        return new ShiftInitializer([.. shifts]);
    }

    /// <summary>Given values.</summary>
    /// <param name="values">Of the whole parameter's shape; read when the reset is carried out, and not changed.</param>
    public static Initializer Values(Tensor values) => new ValuesInitializer(values);

    /// <summary>The current values, changed in place: projected, scaled, clipped.</summary>
    /// <param name="name">What it is, for messages and descriptions.</param>
    /// <param name="change">
    /// Changes the values that it is given: the selected entries, in single precision (double for a double parameter), on the parameter's device. It is called without
    /// gradients, before anything is written; tensors that it makes are freed after the reset.
    /// </param>
    /// <param name="staysFinite">
    /// Whether finite values stay finite. Default: that is not known, so the result is looked at, for which the device is waited for, and a reset that would write a value which is not finite is refused.
    /// </param>
    public static Initializer Map(string name, Action<Tensor> change, bool staysFinite = false) => new MapInitializer(name, change, staysFinite);

    /// <summary>The values that the same entries had when the snapshot was taken.</summary>
    /// <param name="snapshot">A snapshot that holds the parameter; it must outlive the initializer.</param>
    public static Initializer RewindTo(ParameterSnapshot snapshot) => new RewindInitializer(snapshot);

    /// <summary>
    /// <c>shrink * current + perturb * fresh</c>, after Ash and Adams, "On warm-starting neural network training"
    /// (NeurIPS 2020).
    /// </summary>
    /// <param name="shrink">Factor of the current values, finite and at least 0; default 0.4.</param>
    /// <param name="perturb">Factor of the fresh values, finite and at least 0; default 0.1.</param>
    /// <param name="fresh">Where fresh values come from; default <see cref="LayerDefault"/>.</param>
    public static Initializer ShrinkAndPerturb(double shrink = 0.4, double perturb = 0.1, Initializer? fresh = null) =>
        new ShrinkAndPerturbInitializer(shrink, perturb, fresh ?? LayerDefault());
}
