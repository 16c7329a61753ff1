"""Writes unit_resets.json: training with resets of single units, as PyTorch does it.

Run with any Python that has torch:  python3 unit_resets.py > unit_resets.json
Fresh weights are a given row instead of random ones. Adam's moments of incoming and outgoing weights are cleared.

"continual_backprop" follows Dohare et al. 2024 on a net of two hidden layers: utilities from the features of the step and the
weights after it; then all incoming weights and biases, the next layers' biases, and last all outgoing weights.
"continual_backprop_released" does as the authors' released code: layer by layer, so that fresh weights of the later layer overwrite
zeros, and without anything for the next layers' biases.
"redo" follows Sokar et al. 2023 on a convolution and a hidden layer: one reset after three steps, of the units whose mean absolute
activation over these steps is at most tau times their layer's mean.
"""
import json

import torch
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(20242)
LAYERS = {"continual_backprop": [0, 2], "redo": [0, 3], "continual_backprop_released": [0, 2]}  # each feeds the next, the last the classifier
STEPS, DECAY, RATE, MATURITY, TAU = 25, 0.9, 0.1, 3, 0.6


def make_net(case):
    if case != "redo":
        return nn.Sequential(nn.Linear(5, 6), nn.ReLU(), nn.Linear(6, 7), nn.ReLU(), nn.Linear(7, 3))
    return nn.Sequential(nn.Conv2d(1, 5, 3), nn.ReLU(), nn.Flatten(), nn.Linear(80, 6), nn.ReLU(), nn.Linear(6, 3))


def features_of(net, layers, inputs):
    features, values = [], inputs
    for i, module in enumerate(net):
        values = module(values)
        if i - 1 in layers:
            features.append(values.detach())
    return features, values


def fresh(weight):
    return torch.linspace(-0.3, 0.4, weight[0].numel()).reshape(weight[0].shape)


def clear(optimizer, parameter, index):
    for moment in ("exp_avg", "exp_avg_sq"):
        optimizer.state[parameter][moment][index] = 0


def renew(optimizer, layer, units):
    for unit in units:
        layer.weight[unit] = fresh(layer.weight)
        layer.bias[unit] = 0
        clear(optimizer, layer.weight, unit)
        clear(optimizer, layer.bias, unit)


def silence(optimizer, layer, columns):
    layer.weight[:, columns] = 0
    clear(optimizer, layer.weight, (slice(None), columns))


class ContinualBackprop:
    def __init__(self, layers, followers, released):
        self.layers, self.followers, self.released = layers, followers, released
        self.utility = [torch.zeros(len(l.bias)) for l in layers]
        self.mean = [torch.zeros(len(l.bias)) for l in layers]
        self.age = [torch.zeros(len(l.bias)) for l in layers]
        self.due = [0.0 for _ in layers]
        self.replaced = []

    def run(self, optimizer, features):
        chosen = []
        for i, values in enumerate(features):
            self.age[i] += 1
            self.utility[i] = DECAY * self.utility[i] + (1 - DECAY) * values.abs().mean(0) * self.followers[i].weight.abs().sum(0)
            self.mean[i] = DECAY * self.mean[i] + (1 - DECAY) * values.mean(0)
            eligible = torch.where(self.age[i] > MATURITY)[0]
            self.due[i] += RATE * len(eligible)
            count = int(self.due[i])
            self.due[i] -= count
            corrected = self.utility[i] / (1 - DECAY ** self.age[i])
            chosen.append(eligible[torch.argsort(corrected[eligible])[:count]].tolist())
        self.replaced.append(chosen)
        if self.released:
            for layer, follower, units in zip(self.layers, self.followers, chosen):
                renew(optimizer, layer, units)
                silence(optimizer, follower, units)
        else:
            self.replace(optimizer, chosen)
        for i, units in enumerate(chosen):
            for state in (self.utility, self.mean, self.age):
                state[i][units] = 0

    def replace(self, optimizer, chosen):
        for layer, units in zip(self.layers, chosen):
            renew(optimizer, layer, units)
        for i, (follower, units) in enumerate(zip(self.followers, chosen)):
            new = chosen[i + 1] if i + 1 < len(chosen) else []
            means = (self.mean[i] / (1 - DECAY ** self.age[i]))[units]
            kept = [row for row in range(len(follower.bias)) if row not in new]
            follower.bias[kept] += (follower.weight[:, units] @ means)[kept]
        for follower, units in zip(self.followers, chosen):
            silence(optimizer, follower, units)


def redo(optimizer, net, seen):
    conv, hidden, head = net[0], net[3], net[5]
    activations = [sum(step[0].abs().mean((0, 2, 3)) for step in seen) / len(seen), sum(step[1].abs().mean(0) for step in seen) / len(seen)]
    dormant = [torch.where(a / a.mean() <= TAU)[0].tolist() for a in activations]
    renew(optimizer, conv, dormant[0])
    renew(optimizer, hidden, dormant[1])
    silence(optimizer, hidden, [unit * 16 + position for unit in dormant[0] for position in range(16)])
    silence(optimizer, head, dormant[1])
    return dormant


def train(case):
    net = make_net(case)
    initial = [p.flatten().tolist() for p in net.parameters()]
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
    shape = (8, 1, 6, 6) if case == "redo" else (8, 5)
    inputs = [torch.randn(shape) for _ in range(6 if case == "redo" else STEPS)]
    labels = [torch.randint(3, (8,)) for _ in inputs]
    method = None if case == "redo" else ContinualBackprop([net[0], net[2]], [net[2], net[4]], released=case != "continual_backprop")
    seen, replaced = [], []
    for step, (x, y) in enumerate(zip(inputs, labels)):
        optimizer.zero_grad(set_to_none=True)
        features, outputs = features_of(net, LAYERS[case], x)
        nn.functional.cross_entropy(outputs, y).backward()
        optimizer.step()
        seen.append(features)
        with torch.no_grad():
            if case == "redo" and step == 2:
                replaced = [redo(optimizer, net, seen)]
            elif case != "redo" and step < len(inputs) - 1:
                method.run(optimizer, features)
                replaced = method.replaced
    return {
        "initial": initial,
        "inputs": [x.flatten().tolist() for x in inputs],
        "labels": [y.tolist() for y in labels],
        "resets": replaced,
        "final": [p.flatten().tolist() for p in net.parameters()],
    }


print(json.dumps({case: train(case) for case in LAYERS}))
