"""The paper's i.i.d. training step in plain PyTorch: convnet of 256 filters, 256 images, Adam.

Prints the median milliseconds of a step. Usage: iid_step.py THREADS STEPS WIDTH
"""
import statistics
import sys
import time

import torch
from torch import nn

threads, steps, width = (int(argument) for argument in sys.argv[1:4])
torch.set_num_threads(threads)
torch.manual_seed(0)


def block(inputs, pool):
    layers = [nn.Conv2d(inputs, width, 3), nn.InstanceNorm2d(width, affine=True), nn.ReLU()]
    return layers + ([nn.MaxPool2d(2)] if pool else [])


model = nn.Sequential(*block(1, True), *block(width, True), *block(width, False), nn.Flatten(), nn.Linear(9 * width, 1000))
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
images = torch.rand(256, 1, 28, 28)
labels = torch.randint(964, (256,))
times = []
for step in range(steps + 1):
    started = time.perf_counter()
    optimizer.zero_grad(set_to_none=True)
    loss = nn.functional.cross_entropy(model(images), labels)
    loss.item()
    loss.backward()
    optimizer.step()
    times.append(1000 * (time.perf_counter() - started))
print(f"{statistics.median(times[1:]):.1f}")
