"""
The paper's sequential transfer, in plain PyTorch: class after class, 15 support images each, one
to an Adam step, nothing shown again; the 5 query images of all classes seen tested after the first class, every 50, and
after the last. All of that for each learning rate.
"""
import torch
from torch import nn

from compare_net import device, make, measure, options, step

SUPPORT, QUERY, BATCH = 15, 5, 250
RATES = [1e-3, 7e-4, 4e-4, 1e-4][: options.rates]


def images(classes, each):
    return torch.rand(classes * each, 1, 28, 28, device=device)


def renew(head):
    with torch.no_grad():
        head.weight.normal_(0, (2 / head.in_features) ** 0.5)
        head.bias.zero_()


def transfer(model, head, support, query, parameters=None):
    """Trains the head, or other parameters, rate by rate; the model, of which it is the last layer, takes what support and query hold."""
    for rate in RATES:
        renew(head)
        learn(model, make(torch.optim.Adam, (parameters or head.parameters)(), lr=rate), support, query)


def learn(model, optimizer, support, query):
    classes = len(support) // SUPPORT
    labels = torch.arange(classes, device=device)
    for i in range(len(support)):
        step(model, optimizer, support[i : i + 1], labels[i // SUPPORT].unsqueeze(0))
        seen = (i + 1) // SUPPORT
        if (i + 1) % SUPPORT == 0 and (seen == 1 or seen % 50 == 0 or seen == classes):
            accuracy(model, query[: seen * QUERY], labels[:seen].repeat_interleave(QUERY))


@torch.no_grad()
def accuracy(model, inputs, labels):
    correct = 0
    for start in range(0, len(inputs), BATCH):
        correct += (model(inputs[start : start + BATCH]).argmax(1) == labels[start : start + BATCH]).sum().item()
    return correct / len(inputs)


def measure_transfer(do):
    """Times do(support, query), after two classes to warm up."""
    draw = images(options.classes, SUPPORT), images(options.classes, QUERY)
    small = images(2, SUPPORT), images(2, QUERY)
    measure(lambda: do(*draw), lambda: do(*small))
