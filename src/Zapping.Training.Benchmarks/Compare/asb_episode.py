"""The paper's ASB episode in plain PyTorch: a reset of one row, 20 images one by one with SGD, 84 images with Adam."""
import torch

from compare_net import CLASS, convnet, episode, make, measure, step, zap

model = convnet()
inner = make(torch.optim.SGD, model.parameters(), lr=1e-3)
outer = make(torch.optim.Adam, model.parameters(), lr=3e-3)
images, labels = episode()


def asb():
    zap(model[-1].weight, CLASS)
    for i in range(20):
        step(model, inner, images[i : i + 1], labels[i : i + 1])
    step(model, outer, images, labels)


measure(asb)
