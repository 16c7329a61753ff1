"""Writes representation.json: what PyTorch and numpy make of matrices of features and of a small network's activations.

Run with any Python that has torch:  python3 representation.py > representation.json
Singular values are square roots of eigenvalues of the Gram matrix, so that they share no algorithm with the decomposition under
test.
"""
import json

import numpy as np
import torch
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(20233)


def statistics(features, delta=0.01):
    """features: [n, d]; from the eigenvalues of its smaller Gram matrix."""
    n, d = features.shape
    gram = features @ features.T if n <= d else features.T @ features
    singular = np.sqrt(np.clip(np.linalg.eigvalsh(gram), 0, None))[::-1]
    shares = singular / singular.sum()
    reached = np.cumsum(shares)
    return {
        "effectiveRank": float(np.exp(-sum(p * np.log(p) for p in shares if p > 0))),
        "stableRank": float((features ** 2).sum() / np.linalg.norm(features, 2) ** 2),
        "srank": int(np.argmax(reached >= 1 - delta)) + 1,
        "meanNorm": float(np.linalg.norm(features, axis=1).mean()),
    }



def matrix(features):
    return {"shape": list(features.shape), "values": features.reshape(-1).tolist(), **statistics(features)}


def decaying(n, d, rate):
    u, _ = np.linalg.qr(torch.randn(n, min(n, d)).numpy())
    v, _ = np.linalg.qr(torch.randn(d, min(n, d)).numpy())
    return u * rate ** np.arange(min(n, d)) @ v.T


def activity(values, tau):
    """values: units in dimension 1."""
    units = values.transpose(0, 1).reshape(values.shape[1], -1).abs()
    score = units.mean(1) / units.mean()
    return {"mean": float(units.mean()), "dormant": int((score <= tau).sum()), "dead": int((units.max(1).values == 0).sum()), "units": len(units)}


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 3)
        self.conv2 = nn.Conv2d(6, 5, 3)
        self.body = nn.Linear(20, 9)
        self.head = nn.Linear(9, 4)
        for parameter in self.parameters():
            nn.init.normal_(parameter, 0, 0.5)
        with torch.no_grad():
            self.conv1.bias[2] = -50  # a dead channel
            self.conv1.weight[4] *= 0.01
            self.conv1.bias[4] = 0.001  # a dormant one
            self.body.bias[7] = -500

    def forward(self, x):
        a = torch.relu(self.conv1(x))
        b = torch.max_pool2d(torch.relu(self.conv2(a)), 2).flatten(1)
        c = torch.relu(self.body(b))
        self.seen = {"conv2": a, "body": b, "head": c}
        return self.head(c)


net = Net()
images = torch.rand(12, 1, 8, 8)
net(images)
print(json.dumps({
    "matrices": {
        "tall": matrix(torch.randn(40, 7).numpy()),
        "wide": matrix(torch.randn(9, 30).numpy()),
        "positive, as behind a ReLU": matrix(torch.randn(25, 12).relu().numpy()),
        "decaying by half": matrix(decaying(20, 12, 0.5)),
        "decaying by a fifth": matrix(decaying(15, 18, 0.8)),
    },
    "parameters": [p.detach().reshape(-1).tolist() for p in net.parameters()],
    "images": images.reshape(-1).tolist(),
    "layers": {name: activity(values.detach(), 0.1) for name, values in net.seen.items()},
    "features": statistics(net.seen["head"].detach().numpy()),
}))
