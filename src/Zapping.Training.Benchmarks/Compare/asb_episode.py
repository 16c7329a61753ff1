"""The paper's ASB episode in plain PyTorch: a reset of one row, 20 images one by one with SGD, 84 images with Adam.

Prints the median milliseconds of an episode and the peak memory in MiB. Usage: asb_episode.py THREADS STEPS WIDTH
"""
import torch
from torch.nn import functional as F

from compare_net import convnet, episode, measure, zap

model = convnet()
inner = torch.optim.SGD(model.parameters(), lr=1e-3)
outer = torch.optim.Adam(model.parameters(), lr=3e-3)
images, labels = episode()


def step(optimizer, images, labels):
    optimizer.zero_grad(set_to_none=True)
    loss = F.cross_entropy(model(images), labels)
    loss.item()
    loss.backward()
    optimizer.step()


def asb():
    zap(model[-1].weight)
    for i in range(20):
        step(inner, images[i : i + 1], labels[i : i + 1])
    step(outer, images, labels)


measure(asb)
