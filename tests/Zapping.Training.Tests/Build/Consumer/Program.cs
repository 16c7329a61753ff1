using Zapping.Training;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

// An application that has the package and nothing else of the repository: modules that the library has never seen learn class
// after class, and at each class boundary exactly one row of the classifier that is in use changes.
manual_seed(1);
var wrong = 0;
Check(new ResidualCnn(), rand(6, 3, 16, 16), HeadSelector.ByName("classify"), _ => "classify");
Check(new TransformerClassifier(), rand(6, 5, 8), HeadSelector.ByName("classify"), _ => "classify");
Check(new LstmClassifier(), rand(6, 5, 8), HeadSelector.ByName("classify"), _ => "classify");
Check(new TwoHeads(), rand(6, 8), HeadSelector.PerBoundary(boundary => HeadSelector.ByName(TwoHeads.HeadOf(boundary.Classes[0]))), TwoHeads.HeadOf);
Check(new FrozenBackbone(), rand(6, 8), HeadSelector.ByName("head"), _ => "head");
return wrong;

void Check<TModel>(TModel model, Tensor inputs, HeadSelector head, Func<int, string> layerOf)
    where TModel : Module<Tensor, Tensor>
{
    using var optimizer = optim.Adam(model.parameters().Where(parameter => parameter.requires_grad), 1e-2);
    using var trainer = new ContinualTrainer(model, optimizer).UseZapping(every: BoundaryKind.ClassBoundary, options =>
    {
        options.Head = head;
        options.OptimizerState = OptimizerStateReset.Slice;
    });

    foreach (var classId in new[] { 2, 0, 3 })
    {
        var before = model.named_parameters().ToDictionary(p => p.name, p => p.parameter.detach().clone());
        trainer.BeginClass(classId);
        foreach (var (name, parameter) in model.named_parameters())
        {
            var rows = parameter.ne(before[name]).reshape(parameter.shape[0], -1).any(1).nonzero().reshape(-1).data<long>().ToArray();
            long[] expected = name == $"{layerOf(classId)}.weight" ? [classId] : [];
            if (!rows.SequenceEqual(expected))
            {
                wrong++;
                Console.WriteLine($"{model.GetName()}: class {classId} changed rows [{string.Join(", ", rows)}] of {name}, not [{string.Join(", ", expected)}]");
            }
        }

        using var labels = full([inputs.shape[0]], classId, ScalarType.Int64);
        var losses = Enumerable.Range(0, 5).Select(_ => trainer.TrainStep(inputs, labels)).ToList();
        if (losses[^1] >= losses[0])
        {
            wrong++;
            Console.WriteLine($"{model.GetName()}: class {classId} was not learned, the loss went from {losses[0]:f3} to {losses[^1]:f3}");
        }
    }

    Console.WriteLine($"{model.GetName()}: {trainer.State.Classes} rows zapped, {trainer.State.Steps} steps");
}

internal sealed class ResidualCnn : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> stem = Conv2d(3, 8, 3, padding: 1);
    private readonly Module<Tensor, Tensor> norm = BatchNorm2d(8);
    private readonly Module<Tensor, Tensor> block = Conv2d(8, 8, 3, padding: 1);
    private readonly Module<Tensor, Tensor> classify = Linear(8, 4);

    public ResidualCnn()
        : base(nameof(ResidualCnn)) => RegisterComponents();

    public override Tensor forward(Tensor images)
    {
        var features = functional.relu(norm.call(stem.call(images)));
        return classify.call((features + functional.relu(block.call(features))).mean([2, 3]));
    }
}

internal sealed class TransformerClassifier : Module<Tensor, Tensor>
{
    private readonly TorchSharp.Modules.TransformerEncoder encoder = TransformerEncoder(TransformerEncoderLayer(8, 2, 16, dropout: 0), 1);
    private readonly Module<Tensor, Tensor> classify = Linear(8, 4);

    public TransformerClassifier()
        : base(nameof(TransformerClassifier)) => RegisterComponents();

    public override Tensor forward(Tensor tokens) => classify.call(encoder.call(tokens.transpose(0, 1), null!, null!).mean([0L]));
}

internal sealed class LstmClassifier : Module<Tensor, Tensor>
{
    private readonly TorchSharp.Modules.LSTM recurrent = LSTM(8, 12, batchFirst: true);
    private readonly Module<Tensor, Tensor> classify = Linear(12, 4);

    public LstmClassifier()
        : base(nameof(LstmClassifier)) => RegisterComponents();

    public override Tensor forward(Tensor sequences)
    {
        var (outputs, _, _) = recurrent.call(sequences);
        return classify.call(outputs.select(1, -1));
    }
}

internal sealed class TwoHeads : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> body = Linear(8, 16);
    private readonly Module<Tensor, Tensor> low = Linear(16, 4);
    private readonly Module<Tensor, Tensor> high = Linear(16, 4);

    public TwoHeads()
        : base(nameof(TwoHeads)) => RegisterComponents();

    public static string HeadOf(int classId) => classId < 2 ? nameof(low) : nameof(high);

    public override Tensor forward(Tensor inputs)
    {
        var features = functional.relu(body.call(inputs));
        return low.call(features) + high.call(features);
    }
}

internal sealed class FrozenBackbone : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> backbone = Sequential(("first", Linear(8, 16)), ("relu", ReLU()));
    private readonly Module<Tensor, Tensor> head = Linear(16, 4);

    public FrozenBackbone()
        : base(nameof(FrozenBackbone))
    {
        RegisterComponents();
        foreach (var parameter in backbone.parameters())
        {
            parameter.requires_grad = false;
        }
    }

    public override Tensor forward(Tensor inputs) => head.call(backbone.call(inputs));
}
