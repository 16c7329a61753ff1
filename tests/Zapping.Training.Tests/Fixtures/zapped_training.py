"""Writes zapped_training.json: training with a zap of given noise in the middle, as PyTorch does it.

Run with any Python that has torch:  python3 zapped_training.py > zapped_training.json
A small net (convolution, instance normalisation, linear head) makes four steps in double precision. Before the third,
rows 1 and 3 of the head are overwritten with given noise and nothing else is touched, as published; in the case
"adam_slice" Adam's moments of these rows are cleared too.
"""
import json

import torch
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(20231)
ROWS = [1, 3]


def make_net():
    # No bias before the normalisation: its true gradient is zero, and Adam would blow up the rounding errors of it.
    return nn.Sequential(
        nn.Conv2d(1, 3, 3, bias=False), nn.InstanceNorm2d(3, affine=True), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(27, 5)
    )


OPTIMIZERS = {
    "adam": lambda p: torch.optim.Adam(p, lr=1e-2),
    "adam_slice": lambda p: torch.optim.Adam(p, lr=1e-2),
    "adamw": lambda p: torch.optim.AdamW(p, lr=1e-2, weight_decay=0.1),
    "sgd_momentum": lambda p: torch.optim.SGD(p, lr=5e-2, momentum=0.9),
}

initial = {name: value.clone() for name, value in make_net().state_dict().items()}
inputs = [torch.rand(4, 1, 8, 8) for _ in range(4)]
labels = [torch.randint(5, (4,)) for _ in range(4)]
noise = 0.3 * torch.randn(len(ROWS), 27)


def train(case):
    net = make_net()
    net.load_state_dict(initial)
    optimizer = OPTIMIZERS[case](net.parameters())
    for step in range(4):
        if step == 2:
            with torch.no_grad():
                net[5].weight[ROWS] = noise
            if case == "adam_slice":
                for moment in ("exp_avg", "exp_avg_sq"):
                    optimizer.state[net[5].weight][moment][ROWS] = 0
        optimizer.zero_grad(set_to_none=True)
        nn.functional.cross_entropy(net(inputs[step]), labels[step]).backward()
        optimizer.step()
    return [parameter.flatten().tolist() for parameter in net.parameters()]


print(
    json.dumps(
        {
            "rows": ROWS,
            "noise": noise.flatten().tolist(),
            "inputs": [batch.flatten().tolist() for batch in inputs],
            "labels": [batch.tolist() for batch in labels],
            "initial": [value.flatten().tolist() for value in initial.values()],
            "final": {case: train(case) for case in OPTIMIZERS},
        }
    )
)
