"""Makes scripted_net.pt, a net in TorchScript: python3 scripted_net.py (PyTorch 1.13)."""
import torch

torch.manual_seed(1)
net = torch.nn.Sequential(torch.nn.Linear(6, 5), torch.nn.ReLU(), torch.nn.Linear(5, 8))
torch.jit.script(net).save("scripted_net.pt")
