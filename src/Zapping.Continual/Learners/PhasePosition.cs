using Zapping.Training.Steps;
using static TorchSharp.torch;

namespace Zapping.Continual.Learners;

/// <summary>Which phase of which task a learner is in; checkpoints hold it.</summary>
internal sealed class PhasePosition : ITrainingMemory
{
    private const long NotBegun = -1;

    private readonly List<int> _classes = [];

    public string Name => "phases";

    /// <summary>Tasks that have been learned.</summary>
    public int Tasks { get; private set; }

    /// <summary>Phases of the open task that are finished.</summary>
    public int Phases { get; private set; }

    /// <summary>The trainer's epoch at which the open phase ends; null if it has not begun.</summary>
    public long? LastEpoch { get; private set; }

    /// <summary>Classes of all tasks that have been learned, in the order in which they came.</summary>
    public IReadOnlyList<int> Classes => _classes;

    public void BeginEpochs(long last) => LastEpoch = last;

    public void EndPhase() => (Phases, LastEpoch) = (Phases + 1, null);

    public void EndTask(IEnumerable<int> classes)
    {
        (Tasks, Phases, LastEpoch) = (Tasks + 1, 0, null);
        _classes.AddRange(classes);
    }

    public IReadOnlyList<KeyValuePair<string, Tensor>> Save() =>
    [
        new("position", tensor(new[] { Tasks, Phases, LastEpoch ?? NotBegun })),
        new("classes", tensor(_classes.ConvertAll(id => (long)id).ToArray())),
    ];

    public void Load(IReadOnlyDictionary<string, Tensor> saved)
    {
        if (!saved.TryGetValue("position", out var position) || position.numel() != 3 || !saved.TryGetValue("classes", out var classes))
        {
            throw new InvalidDataException("it does not say in which phase its learner was.");
        }

        var own = position.data<long>().ToArray();
        (Tasks, Phases, LastEpoch) = ((int)own[0], (int)own[1], own[2] == NotBegun ? null : own[2]);
        _classes.Clear();
        if (classes.numel() > 0) // TorchSharp refuses to read what is empty
        {
            _classes.AddRange(classes.data<long>().ToArray().Select(id => (int)id));
        }
    }
}
