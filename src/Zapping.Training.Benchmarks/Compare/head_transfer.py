"""Head-only transfer as it is usually written: every image goes through the whole network each time it is used."""
from compare_net import convnet
from transfer_protocol import measure_transfer, transfer

model = convnet().eval()
model[:-1].requires_grad_(False)
measure_transfer(lambda support, query: transfer(model, model[-1], support, query))
