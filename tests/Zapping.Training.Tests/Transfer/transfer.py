"""Writes transfer.json: a small net transferred to new classes, as PyTorch does it in double precision.

Run with any Python that has torch:  python3 transfer.py > transfer.json
Four classes of three support and two query examples; the classifier has six units and begins as given. "sequential": class
after class, one example to an Adam step. "iid": all support examples in each of three steps. "head" trains the classifier
alone, "task" has the softmax over the four units of the classes only. For each case: hits per class on query examples of
the classes seen, after each class (sequential) or step (iid), and the logits of the query examples at the end.
"""
import json

import torch
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(31007)
CLASSES, SUPPORT, QUERY = 4, 3, 2


def make_net():
    return nn.Sequential(nn.Linear(6, 5), nn.ReLU(), nn.Linear(5, 6))


initial = {name: value.clone() for name, value in make_net().state_dict().items()}
centres = torch.randn(CLASSES, 6)
support = centres.repeat_interleave(SUPPORT, 0) + 0.5 * torch.randn(CLASSES * SUPPORT, 6)
query = centres.repeat_interleave(QUERY, 0) + 0.5 * torch.randn(CLASSES * QUERY, 6)
labels = torch.arange(CLASSES)


def transfer(protocol, trains, units):
    net = make_net()
    net.load_state_dict(initial)
    parameters = net[2].parameters() if trains == "head" else net.parameters()
    optimizer = torch.optim.Adam(parameters, lr=2e-2)

    def logits(inputs):
        return net(inputs)[:, :units]

    def step(inputs, targets):
        optimizer.zero_grad(set_to_none=True)
        nn.functional.cross_entropy(logits(inputs), targets).backward()
        optimizer.step()

    def hits(seen):
        with torch.no_grad():
            right = logits(query[: seen * QUERY]).argmax(1) == labels[:seen].repeat_interleave(QUERY)
        return right.reshape(seen, QUERY).sum(1).tolist()

    found = []
    if protocol == "sequential":
        for i in range(CLASSES):
            for j in range(SUPPORT):
                step(support[i * SUPPORT + j : i * SUPPORT + j + 1], labels[i : i + 1])
            found.append(hits(i + 1))
    else:
        for _ in range(3):
            step(support, labels.repeat_interleave(SUPPORT))
            found.append(hits(CLASSES))
    with torch.no_grad():
        return {"hits": found, "logits": net(query).flatten().tolist()}


print(
    json.dumps(
        {
            "initial": [value.flatten().tolist() for value in initial.values()],
            "support": support.flatten().tolist(),
            "query": query.flatten().tolist(),
            "cases": {
                f"{protocol} {trains} {softmax}": transfer(protocol, trains, units)
                for protocol in ("sequential", "iid")
                for trains in ("all", "head")
                for softmax, units in (("all", 6), ("task", CLASSES))
            },
        }
    )
)
