"""Head-only transfer with the features of all images computed once, because the encoder stands still."""
import torch

from compare_net import convnet
from transfer_protocol import BATCH, measure_transfer, transfer

model = convnet().eval()
encoder, head = model[:-1], model[-1]


@torch.no_grad()
def features(images):
    return torch.cat([encoder(part) for part in images.split(BATCH)])


measure_transfer(lambda support, query: transfer(head, head, features(support), features(query)))
