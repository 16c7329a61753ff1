"""Says which PyTorch the others run with and what it computes with, as a line of Markdown."""
import re

import torch

from compare_net import device, options


def on_off(flag):
    return "on" if flag else "off"


def blas():
    """The BLAS of the build, and the file that is loaded where that is a choice of the system's."""
    torch.ones(64, 64) @ torch.ones(64, 64)
    built = re.search(r"BLAS_INFO=(\w+)", torch.__config__.show())
    try:
        with open("/proc/self/maps") as maps:
            files = sorted({line.split()[-1] for line in maps if re.search(r"blas|mkl_rt", line)})
    except OSError:
        files = []
    return ", ".join([built[1] if built else "unknown", *files])


cuda = f", {torch.cuda.get_device_name(device)}" if options.device == "cuda" else ""
print(
    f"- PyTorch {torch.__version__}, BLAS {blas()}, {torch.get_num_threads()} threads, device {options.device}{cuda}, "
    f"optimizers {options.variant}, TF32 {on_off(torch.backends.cuda.matmul.allow_tf32)} in matrix products and "
    f"{on_off(torch.backends.cudnn.allow_tf32)} in cuDNN"
)
