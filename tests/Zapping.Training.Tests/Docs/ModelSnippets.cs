using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zapping.Training.Tests.Docs;

// <own-model>
public sealed class TwoLayers : Module<Tensor, Tensor>
{
    private readonly Linear hidden;
    private readonly Linear classifier;

    public TwoLayers(int inputs, int classes)
        : base(nameof(TwoLayers))
    {
        hidden = Linear(inputs, 64);
        classifier = Linear(64, classes);
        RegisterComponents(); // the fields' names are the layers' names: "hidden", "classifier"
    }

    public override Tensor forward(Tensor input) => classifier.call(functional.relu(hidden.call(input)));
}

// </own-model>

// <multi-head-model>
public sealed class OneHeadATask : Module<Tensor, Tensor>
{
    private readonly Linear body;
    private readonly ModuleList<Linear> heads;

    public OneHeadATask(int inputs, IEnumerable<int> classesOfTask)
        : base(nameof(OneHeadATask))
    {
        body = Linear(inputs, 64);
        heads = ModuleList(classesOfTask.Select(classes => Linear(64, classes)).ToArray());
        RegisterComponents();
    }

    public int Task { get; set; } // set it when a task begins

    public override Tensor forward(Tensor input) => heads[Task].call(functional.relu(body.call(input)));
}

// </multi-head-model>

// <transformer>
public sealed class TextClassifier : Module<Tensor, Tensor>
{
    private readonly Embedding embedding;
    private readonly TransformerEncoder encoder;
    private readonly Linear head;

    public TextClassifier(int words, int classes, int width = 32)
        : base(nameof(TextClassifier))
    {
        embedding = Embedding(words, width);
        encoder = TransformerEncoder(TransformerEncoderLayer(width, nhead: 4, dim_feedforward: 64, dropout: 0), num_layers: 2);
        head = Linear(width, classes);
        RegisterComponents();
    }

    // word numbers [n, length] to logits [n, classes]
    public override Tensor forward(Tensor input)
    {
        var words = embedding.call(input).transpose(0, 1); // [length, n, width]
        return head.call(encoder.call(words, null, null).mean([0]));
    }
}

// </transformer>

// <tied-model>
public sealed class NextWord : Module<Tensor, Tensor>
{
    private readonly Embedding embedding;
    private readonly Linear head;

    public NextWord(int words, int width = 8)
        : base(nameof(NextWord))
    {
        embedding = Embedding(words, width);
        head = Linear(width, words, hasBias: false);
        head.weight = embedding.weight!;
        RegisterComponents();
    }

    public override Tensor forward(Tensor input) => head.call(embedding.call(input));
}

// </tied-model>

/// <summary>Scores by the angle to one prototype a class.</summary>
internal sealed class Cosine : Module<Tensor, Tensor>
{
    private readonly Parameter prototypes;

    public Cosine(int inputs, int classes)
        : base(nameof(Cosine))
    {
        prototypes = Parameter(randn(classes, inputs));
        RegisterComponents();
    }

    public Parameter Prototypes => prototypes;

    public override Tensor forward(Tensor input) =>
        functional.normalize(input).matmul(functional.normalize(prototypes).t());
}
