"""Writes episodes.json: episodes of ASB and Meta-ASB as PyTorch makes them, second order by its own autograd.

Run with any Python that has torch:  python3 episodes.py > episodes.json
Two small nets in double precision, three episodes each of 20 inner images and 10 remember images: "plain" (convolution,
instance normalisation, linear head; all parameters move inside) and "split", where a second branch, whose parameters
stay put inside, scales the features. Before each episode the row of its class is overwritten with given noise. Meta-ASB
is written as plain functions of a dictionary of weights, so that nothing is shared with the C# side but the formulas.
"""
import json

import torch
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)
torch.manual_seed(31007996)
CLASSES, INNER, REMEMBER, EPISODES = 5, 20, 10, 3
INNER_RATE, OUTER_RATE = 0.1, 1e-2


def branch(x, w, name):
    x = F.conv2d(x, w[name + ".conv.weight"])
    x = F.instance_norm(x, weight=w[name + ".norm.weight"], bias=w[name + ".norm.bias"], use_input_stats=True, eps=1e-5)
    return F.max_pool2d(F.relu(x), 2).flatten(1)


def plain(x, w):
    return F.linear(branch(x, w, "body"), w["head.weight"], w["head.bias"])


def split(x, w):
    gate = torch.sigmoid(F.linear(branch(x, w, "gate"), w["mix.weight"], w["mix.bias"]))
    return F.linear(branch(x, w, "body") * gate, w["head.weight"], w["head.bias"])


def initial(gated):
    w = {"body.conv.weight": 0.5 * torch.randn(3, 1, 3, 3), "body.norm.weight": torch.rand(3) + 0.5, "body.norm.bias": 0.1 * torch.randn(3)}
    if gated:
        w |= {"gate.conv.weight": 0.5 * torch.randn(2, 1, 3, 3), "gate.norm.weight": torch.rand(2) + 0.5, "gate.norm.bias": 0.1 * torch.randn(2)}
        w |= {"mix.weight": 0.5 * torch.randn(12, 8), "mix.bias": 0.1 * torch.randn(12)}
    return w | {"head.weight": 0.3 * torch.randn(CLASSES, 12), "head.bias": 0.1 * torch.randn(CLASSES)}


def episode():
    images = (torch.rand(INNER + REMEMBER, 1, 6, 6) * 1000).round() / 1000
    label = int(torch.randint(CLASSES, (1,)))
    labels = torch.cat([torch.full((INNER,), label), torch.randint(CLASSES, (REMEMBER,))])
    return {"label": label, "images": images, "labels": labels, "noise": (0.4 * torch.randn(12) * 1000).round() / 1000}


def learn(net, start, inner, method, first_order=False, pile_up=False):
    """Returns losses on the outer batch, final weights and Adam's moments."""
    w = {name: value.clone().requires_grad_() for name, value in start.items()}
    adam = torch.optim.Adam(w.values(), lr=OUTER_RATE)
    losses = []
    for e in EPISODE_DATA:
        adam.zero_grad(set_to_none=True)
        with torch.no_grad():
            w["head.weight"][e["label"]] = e["noise"]
        if method == "asb":
            for i in range(INNER):
                F.cross_entropy(net(e["images"][i : i + 1], w), e["labels"][i : i + 1]).backward()
                with torch.no_grad():
                    for name in inner:
                        w[name] -= INNER_RATE * w[name].grad
                for name in w if not pile_up else inner:
                    w[name].grad = None
            loss = F.cross_entropy(net(e["images"], w), e["labels"])
            loss.backward()
        else:
            fast = dict(w)
            for i in range(INNER):
                loss = F.cross_entropy(net(e["images"][i : i + 1], fast), e["labels"][i : i + 1])
                grads = torch.autograd.grad(loss, [fast[name] for name in inner], create_graph=not first_order)
                fast.update({name: fast[name] - INNER_RATE * grad for name, grad in zip(inner, grads)})
            loss = F.cross_entropy(net(e["images"], fast), e["labels"])
            for parameter, grad in zip(w.values(), torch.autograd.grad(loss, list(w.values()))):
                parameter.grad = grad
        losses.append(loss.item())
        adam.step()
    flat = lambda values: {name: value.flatten().tolist() for name, value in zip(w, values)}
    return {
        "losses": losses,
        "weights": flat([p.detach() for p in w.values()]),
        "exp_avg": flat([adam.state[p]["exp_avg"] for p in w.values()]),
        "exp_avg_sq": flat([adam.state[p]["exp_avg_sq"] for p in w.values()]),
    }


EPISODE_DATA = [episode() for _ in range(EPISODES)]
START = {"plain": initial(False), "split": initial(True)}
EVERYTHING = list(START["plain"])
MOVING = [name for name in START["split"] if name.startswith(("body.", "head."))]

print(
    json.dumps(
        {
            "inner_rate": INNER_RATE,
            "outer_rate": OUTER_RATE,
            "episodes": [
                {"label": e["label"], "noise": e["noise"].tolist(), "images": e["images"].flatten().tolist(), "labels": e["labels"].tolist()}
                for e in EPISODE_DATA
            ],
            "start": {net: {name: value.flatten().tolist() for name, value in w.items()} for net, w in START.items()},
            "results": {
                "asb plain": learn(plain, START["plain"], EVERYTHING, "asb"),
                "asb split": learn(split, START["split"], MOVING, "asb"),
                "asb split piled": learn(split, START["split"], MOVING, "asb", pile_up=True),
                "meta plain": learn(plain, START["plain"], EVERYTHING, "meta"),
                "meta split": learn(split, START["split"], MOVING, "meta"),
                "meta plain first order": learn(plain, START["plain"], EVERYTHING, "meta", first_order=True),
                "meta split first order": learn(split, START["split"], MOVING, "meta", first_order=True),
            },
        }
    )
)
