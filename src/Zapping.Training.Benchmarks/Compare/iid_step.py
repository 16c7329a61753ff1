"""The paper's i.i.d. training step in plain PyTorch: convnet of 256 filters, 256 images, Adam."""
import torch

from compare_net import batch, convnet, make, measure, step

model = convnet()
optimizer = make(torch.optim.Adam, model.parameters(), lr=3e-3)
images, labels = batch(256)
measure(lambda: step(model, optimizer, images, labels))
