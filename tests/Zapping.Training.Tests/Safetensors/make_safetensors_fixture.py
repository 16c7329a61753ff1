"""Makes or checks safetensors files with PyTorch, to compare TorchSharp with it. Needs only torch: the format is written
and read here from its published description.

    python3 make_safetensors_fixture.py make  FILE    a small net's state_dict, an input and the net's output, in eval mode
    python3 make_safetensors_fixture.py check FILE    the same, computed anew from such a file; fails if the output differs

The names in the file are PyTorch's: "net.0.weight" and so on, besides "input" and "output".
"""
import json
import struct
import sys

import torch
from torch import nn

DTYPES = {"F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16, "I64": torch.int64,
          "I32": torch.int32, "I16": torch.int16, "I8": torch.int8, "U8": torch.uint8, "BOOL": torch.bool}


def write(path, tensors):
    header, data = {}, b""
    for name, tensor in tensors.items():
        values = bytes(tensor.detach().flatten().view(torch.uint8).tolist())
        code = next(code for code, dtype in DTYPES.items() if dtype == tensor.dtype)
        header[name] = {"dtype": code, "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + len(values)]}
        data += values
    text = json.dumps({"__metadata__": {"format": "pt"}, **header}).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def read(path):
    with open(path, "rb") as file:
        content = file.read()
    end = 8 + struct.unpack("<Q", content[:8])[0]
    header = json.loads(content[8:end])
    assert end % 8 == 0
    assert sum(b - a for a, b in (e["data_offsets"] for n, e in header.items() if n != "__metadata__")) == len(content) - end
    tensors = {}
    for name, entry in header.items():
        if name != "__metadata__":
            start, stop = (end + offset for offset in entry["data_offsets"])
            values = torch.frombuffer(bytearray(content[start:stop]), dtype=DTYPES[entry["dtype"]])
            tensors[name] = values.reshape(entry["shape"])
    return tensors


def make_net():
    return nn.Sequential(
        nn.Conv2d(2, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(36, 5), nn.LayerNorm(5)
    )


def make(path):
    torch.manual_seed(20232)
    net = make_net()
    for _ in range(3):  # so that the statistics of the normalisation are not those it starts with
        net(torch.randn(8, 2, 8, 8))
    inputs = torch.randn(4, 2, 8, 8)
    state = {"net." + name: value for name, value in net.state_dict().items()}
    write(path, {**state, "input": inputs, "output": net.eval()(inputs)})


def check(path):
    tensors = read(path)
    inputs, expected = tensors.pop("input"), tensors.pop("output")
    net = make_net()
    state = {name[len("net."):]: value for name, value in tensors.items()}
    assert all(value.dtype == net.state_dict()[name].dtype for name, value in state.items())
    net.load_state_dict(state, strict=True)
    with torch.no_grad():
        difference = (net.eval()(inputs) - expected).abs().max().item()
    assert difference < 1e-5, difference  # rounding: values are of the order of 1
    print("batches:", net[1].num_batches_tracked.item())


{"make": make, "check": check}[sys.argv[1]](sys.argv[2])
