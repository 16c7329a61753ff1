"""
The paper's Meta-ASB episode in plain PyTorch: autograd through 20 inner steps of one image each, then Adam. The variant
of the optimizer is that of Adam; the inner steps are written out, because autograd has to go through them.
"""
import torch
from torch.nn import functional as F

from compare_net import CLASS, convnet, episode, functional_convnet, make, measure, zap

slow = list(convnet().parameters())
optimizer = make(torch.optim.Adam, slow, lr=3e-3)
images, labels = episode()


def meta_asb():
    zap(slow[-2], CLASS)
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
