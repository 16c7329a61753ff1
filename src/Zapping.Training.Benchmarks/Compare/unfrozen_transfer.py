"""Sequential transfer of the whole network, as it is usually written."""
from compare_net import convnet
from transfer_protocol import measure_transfer, transfer

model = convnet().eval()
measure_transfer(lambda support, query: transfer(model, model[-1], support, query, model.parameters))
