"""Writes optimizers.json: where 100 steps of PyTorch's optimizers lead.

Run with any Python that has torch:  python3 optimizers.py > optimizers.json
A matrix and a vector move, in double and in single precision: maximizing drives the latter nearly 1e-6 away from the
former, so each is a reference of its own. Their gradients are a function of their values and the step, so that the
file need not hold them. In the cases "… with gaps" the vector has none in every third step, the first included.
"""
import json

import torch
from torch.optim import SGD, Adam, AdamW

torch.set_default_dtype(torch.float64)
torch.manual_seed(20232)
STEPS = 100

CASES = {
    "Adam": lambda a, b: Adam([a, b], lr=1e-2),
    "Adam, decay": lambda a, b: Adam([a, b], lr=1e-2, betas=(0.8, 0.95), eps=1e-6, weight_decay=0.1),
    "Adam, amsgrad": lambda a, b: Adam([a, b], lr=1e-2, amsgrad=True),
    "Adam, maximize": lambda a, b: Adam([a, b], lr=1e-2, weight_decay=0.1, maximize=True),
    "Adam, two groups": lambda a, b: Adam([{"params": [a], "lr": 2e-2}, {"params": [b], "betas": (0.5, 0.9)}], lr=1e-2),
    "Adam with gaps": lambda a, b: Adam([a, b], lr=1e-2),
    "AdamW": lambda a, b: AdamW([a, b], lr=1e-2, weight_decay=0.1),
    "AdamW, amsgrad": lambda a, b: AdamW([a, b], lr=1e-2, weight_decay=0.1, amsgrad=True),
    "AdamW, maximize": lambda a, b: AdamW([a, b], lr=1e-2, weight_decay=0.1, maximize=True),
    "AdamW with gaps": lambda a, b: AdamW([a, b], lr=1e-2, weight_decay=0.1),
    "SGD": lambda a, b: SGD([a, b], lr=1e-2),
    "SGD, decay": lambda a, b: SGD([a, b], lr=1e-2, weight_decay=0.1),
    "SGD, momentum": lambda a, b: SGD([a, b], lr=1e-2, momentum=0.9),
    "SGD, dampening": lambda a, b: SGD([a, b], lr=1e-2, momentum=0.9, dampening=0.5),
    "SGD, nesterov": lambda a, b: SGD([a, b], lr=1e-2, momentum=0.9, nesterov=True, weight_decay=0.1),
    "SGD, maximize": lambda a, b: SGD([a, b], lr=1e-3, momentum=0.9, weight_decay=0.1, maximize=True),
    "SGD, two groups": lambda a, b: SGD([{"params": [a], "lr": 2e-2}, {"params": [b], "momentum": 0.5}], lr=1e-2),
    "SGD with gaps": lambda a, b: SGD([a, b], lr=1e-2, momentum=0.9, dampening=0.5),
}


def gradient(parameter, step):
    waves = torch.cos(0.7 * step + torch.arange(parameter.numel())).reshape(parameter.shape)
    return 0.5 * parameter.detach() + waves.to(parameter.dtype)


def train(case, dtype):
    a, b = (parameter.to(dtype, copy=True).requires_grad_() for parameter in start)
    optimizer = CASES[case](a, b)
    for step in range(STEPS):
        a.grad = gradient(a, step)
        b.grad = None if "gaps" in case and step % 3 == 0 else gradient(b, step)
        optimizer.step()
    return [parameter.flatten().tolist() for parameter in (a, b)]


start = [0.2 * torch.randn(3, 5), 0.2 * torch.randn(7)]
print(
    json.dumps(
        {
            "steps": STEPS,
            "start": [parameter.flatten().tolist() for parameter in start],
            "double": {case: train(case, torch.float64) for case in CASES},
            "single": {case: train(case, torch.float32) for case in CASES},
        }
    )
)
