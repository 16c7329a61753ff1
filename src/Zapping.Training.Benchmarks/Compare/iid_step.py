"""The paper's i.i.d. training step in plain PyTorch: convnet of 256 filters, 256 images, Adam.

Prints the median milliseconds of a step and the peak memory in MiB. Usage: iid_step.py THREADS STEPS WIDTH
"""
import torch
from torch.nn import functional as F

from compare_net import batch, convnet, measure

model = convnet()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
images, labels = batch(256)


def step():
    optimizer.zero_grad(set_to_none=True)
    loss = F.cross_entropy(model(images), labels)
    loss.item()
    loss.backward()
    optimizer.step()


measure(step)
