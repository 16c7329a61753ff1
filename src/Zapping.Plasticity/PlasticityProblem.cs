using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Plasticity;

/// <summary>
/// A stream of tasks on which networks lose the ability to learn, with the network that is trained on it. All is a function of seeds: task k of a seed is the same for every policy, and can be made
/// without those before it.
/// </summary>
public abstract class PlasticityProblem
{
    private protected PlasticityProblem(string name, string description, int tasks) => (Name, Description, Tasks) = (name, description, tasks);

    /// <summary>A word for command lines and files.</summary>
    public string Name { get; }

    /// <summary>What changes from task to task, in a sentence.</summary>
    public string Description { get; }

    /// <summary>How many tasks the usual stream has.</summary>
    public int Tasks { get; }

    /// <summary>Steps of a task; of the first where they differ, and at the most where a task can end early.</summary>
    public abstract int StepsPerTask { get; }

    /// <summary>Whether every task begins with a new optimizer, whatever the policy does. Default: no.</summary>
    public virtual bool NewOptimizerPerTask => false;

    /// <summary>By what policies are compared. Default: online accuracy.</summary>
    public virtual PlasticityMeasure Measure => PlasticityMeasure.OnlineAccuracy;

    /// <summary>The learning rate with Adam.</summary>
    public virtual double AdamRate => 1e-3;

    /// <summary>The learning rate with stochastic gradient descent.</summary>
    public virtual double SgdRate => 0.03;

    /// <summary>The network, with the first weights of a seed; its classifier is named <c>head</c>.</summary>
    /// <param name="seed">Of the weights.</param>
    public Sequential CreateModel(ulong seed)
    {
        var model = Build();
        Initialize(model, seed);
        return model;
    }

    /// <summary>A task.</summary>
    /// <param name="seed">Of the stream.</param>
    /// <param name="index">Which, from 0.</param>
    public abstract PlasticityTask Task(ulong seed, int index);

    /// <summary>Maps (outputs, labels) to a scalar; null (default): softmax cross-entropy.</summary>
    internal virtual Func<Tensor, Tensor, Tensor>? Loss => null;

    private protected abstract Sequential Build();

    private protected virtual void Initialize(Sequential model, ulong seed) => Draws.Initialize(model, seed);

    /// <summary>Two hidden layers of 100 units with ReLU.</summary>
    private protected static Sequential Perceptron(long inputs, long classes) => Sequential(
        ("hidden1", Linear(inputs, 100)), ("relu1", ReLU()), ("hidden2", Linear(100, 100)), ("relu2", ReLU()), ("head", Linear(100, classes)));
}
