"""What the scripts of the comparison share: options, the paper's convnet, random images, and how a work is timed."""
import argparse
import statistics
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

CLASS = 7  # of the episodes

parser = argparse.ArgumentParser()
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
parser.add_argument("--variant", choices=["eager", "foreach", "fused"], default="eager", help="of the optimizers")
parser.add_argument("--steps", type=int, default=5, help="how often the work is done at least")
parser.add_argument("--width", type=int, default=256, help="filters per convolution")
parser.add_argument("--rows", type=int, default=1, help="of a reset")
parser.add_argument("--classes", type=int, default=100, help="of a transfer")
parser.add_argument("--rates", type=int, default=4, help="learning rates that a transfer tries")
options = parser.parse_args()
torch.set_num_threads(options.threads)
torch.manual_seed(0)
if options.device == "cuda" and not torch.cuda.is_available():
    sys.exit(f"PyTorch {torch.__version__} finds no CUDA device.")
device = torch.device(options.device)


def block(inputs, pool):
    layers = [nn.Conv2d(inputs, options.width, 3), nn.InstanceNorm2d(options.width, affine=True), nn.ReLU()]
    return layers + ([nn.MaxPool2d(2)] if pool else [])


def convnet():
    blocks = [*block(1, True), *block(options.width, True), *block(options.width, False)]
    return nn.Sequential(*blocks, nn.Flatten(), nn.Linear(9 * options.width, 1000)).to(device)


def functional_convnet(x, w):
    """The same with given weights, a list in the order of parameters()."""
    for i in (0, 4, 8):
        x = F.relu(F.instance_norm(F.conv2d(x, w[i], w[i + 1]), weight=w[i + 2], bias=w[i + 3]))
        x = F.max_pool2d(x, 2) if i < 8 else x
    return F.linear(x.flatten(1), w[12], w[13])


def make(optimizer, parameters, lr):
    """An optimizer of the variant that was asked for, or an end that says that this PyTorch has none."""
    choice = {"fused": True} if options.variant == "fused" else {"foreach": options.variant == "foreach"}
    try:
        return optimizer(parameters, lr=lr, **choice)
    except (TypeError, RuntimeError) as refusal:
        name = f"{options.variant} {optimizer.__name__} on {options.device}"
        sys.exit(f"PyTorch {torch.__version__} has no {name}: {refusal}")


def step(model, optimizer, images, labels):
    optimizer.zero_grad(set_to_none=True)
    loss = F.cross_entropy(model(images), labels)
    loss.item()
    loss.backward()
    optimizer.step()


def batch(count):
    return torch.rand(count, 1, 28, 28, device=device), torch.randint(964, (count,), device=device)


def episode():
    """An outer batch, the first 20 images of which are those of the inner loop."""
    images, labels = batch(84)
    labels[:20] = CLASS
    return images, labels


def zap(weight, rows):
    """The published reset: rows out, an extra axis in front, Kaiming normal, rows back."""
    with torch.no_grad():
        values = weight[rows].unsqueeze(0)
        nn.init.kaiming_normal_(values, a=0, mode="fan_in", nonlinearity="leaky_relu")
        weight[rows] = values


def peak_memory():
    """The most MiB that this process had resident; 0 where the system does not say so."""
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM"))
    except OSError:
        return 0


def wait():
    if options.device == "cuda":
        torch.cuda.synchronize()


def measure(piece, warm_up=None):
    """
    Prints the median milliseconds and the peak memory in MiB: of at least so many pieces of work as the options say,
    and of as many more as half a second has room for, after one to warm up.
    """
    (warm_up or piece)()
    times = []
    began = time.perf_counter()
    while len(times) < options.steps or time.perf_counter() - began < 0.5:
        wait()
        started = time.perf_counter()
        piece()
        wait()
        times.append(1000 * (time.perf_counter() - started))
    print(f"{statistics.median(times):.4f} {peak_memory():.0f}")
