"""The paper's Meta-ASB episode in plain PyTorch: autograd through 20 inner steps of one image each, then Adam.

Prints the median milliseconds of an episode and the peak memory in MiB. Usage: meta_asb_episode.py THREADS STEPS WIDTH
"""
import torch
from torch.nn import functional as F

from compare_net import convnet, episode, functional_convnet, measure, zap

slow = list(convnet().parameters())
optimizer = torch.optim.Adam(slow, lr=3e-3)
images, labels = episode()


def meta_asb():
    zap(slow[-2])
    fast = slow
    for i in range(20):
        loss = F.cross_entropy(functional_convnet(images[i : i + 1], fast), labels[i : i + 1])
        loss.item()
        grads = torch.autograd.grad(loss, fast, create_graph=True)
        fast = [weight - 1e-3 * grad for weight, grad in zip(fast, grads)]
    optimizer.zero_grad(set_to_none=True)
    loss = F.cross_entropy(functional_convnet(images, fast), labels)
    loss.item()
    loss.backward()
    optimizer.step()


measure(meta_asb)
