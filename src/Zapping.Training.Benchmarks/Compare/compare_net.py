"""What the scripts of the comparison share: the paper's convnet, random images, and how a piece of work is timed."""
import statistics
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

CLASS = 7  # of the episodes

threads, steps, width = (int(argument) for argument in sys.argv[1:4])
torch.set_num_threads(threads)
torch.manual_seed(0)


def block(inputs, pool):
    layers = [nn.Conv2d(inputs, width, 3), nn.InstanceNorm2d(width, affine=True), nn.ReLU()]
    return layers + ([nn.MaxPool2d(2)] if pool else [])


def convnet():
    return nn.Sequential(*block(1, True), *block(width, True), *block(width, False), nn.Flatten(), nn.Linear(9 * width, 1000))


def functional_convnet(x, w):
    """The same with given weights, a list in the order of parameters()."""
    for i in (0, 4, 8):
        x = F.relu(F.instance_norm(F.conv2d(x, w[i], w[i + 1]), weight=w[i + 2], bias=w[i + 3]))
        x = F.max_pool2d(x, 2) if i < 8 else x
    return F.linear(x.flatten(1), w[12], w[13])


def batch(count):
    return torch.rand(count, 1, 28, 28), torch.randint(964, (count,))


def episode():
    """An outer batch, the first 20 images of which are those of the inner loop."""
    images, labels = batch(84)
    labels[:20] = CLASS
    return images, labels


def zap(head):
    """The published reset of the class' row."""
    with torch.no_grad():
        head[CLASS].normal_(0, (2 / head.shape[1]) ** 0.5)


def peak_memory():
    """The most MiB that this process had resident; 0 where the system does not say so."""
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM"))
    except OSError:
        return 0


def measure(piece):
    """Prints the median milliseconds, after one piece of work to warm up, and the peak memory in MiB."""
    times = []
    for _ in range(steps + 1):
        started = time.perf_counter()
        piece()
        times.append(1000 * (time.perf_counter() - started))
    print(f"{statistics.median(times[1:]):.1f} {peak_memory():.0f}")
