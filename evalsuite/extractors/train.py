"""Train `fashion_convnet`: ``python -m evalsuite.extractors.train [--data DIR] [--out DIR] [--epochs N]``.

The same seed and version of torch on one thread give the same weights. Features change with them, and so do all
distances computed from them: run ``python -m evalsuite.extractors.training_features`` afterwards.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch.nn import functional

from evalsuite.datasets.source import DEBIAN, N_LEARNED, read_split
from evalsuite.extractors.card import main as write_card
from evalsuite.extractors.convnet import Convnet
from evalsuite.extractors.fashion_convnet import WEIGHTS
from evalsuite.rng import derive_seed
from evalsuite.weights import save_model

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["main", "measure_accuracy", "train"]

_NAME = "fashion_convnet"
_EPOCHS = 8
_BATCH = 128
_PEAK_RATE = 5e-3
_SEED = 1


def train(data: Path, out: Path, *, epochs: int = _EPOCHS, seed: int = _SEED, n: int = N_LEARNED) -> None:
    """Train the network and write its weights and config.

    Parameters
    ----------
    data : Path
        Folder with Fashion-MNIST's files.
    out : Path
        Folder to write to.
    epochs : int
        Passes over the images.
    seed : int
        Of weights and order.
    n : int
        Images to learn from: the first `n` of the training split.
    """
    torch.manual_seed(derive_seed("extractors/fashion_convnet", seed) >> 1)
    started = time.process_time()
    images, labels = _tensors(*read_split("train", data))
    network = Convnet()
    optimizer = torch.optim.AdamW(network.parameters(), lr=_PEAK_RATE, weight_decay=0.05)
    steps = epochs * (n // _BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, _PEAK_RATE, total_steps=steps, pct_start=0.25)
    for epoch in range(1, epochs + 1):
        network.train()
        order = torch.randperm(n)
        for i in range(0, n - _BATCH + 1, _BATCH):
            chosen = order[i : i + _BATCH]
            loss = functional.cross_entropy(network(images[chosen].float()), labels[chosen], label_smoothing=0.05)
            optimizer.zero_grad(set_to_none=True)
            torch.autograd.backward(loss)
            optimizer.step()
            schedule.step()
        accuracy = measure_accuracy(network, images[N_LEARNED:], labels[N_LEARNED:])
        _say(f"epoch {epoch}: held-out accuracy {accuracy:.4f}, {time.process_time() - started:.0f} core-seconds")
    seconds = round(time.process_time() - started)
    with torch.no_grad():
        for tensor in network.state_dict().values():
            if tensor.is_floating_point():
                tensor.copy_(tensor.half().float())  # what the file will hold
    heldout = measure_accuracy(network, images[N_LEARNED:], labels[N_LEARNED:])
    test = measure_accuracy(network, *_tensors(*read_split("t10k", data)))
    _say(f"test accuracy {test:.4f}")
    config = {
        "parameters": sum(weight.numel() for weight in network.parameters()),
        "dimension": network.project.out_features,
        "training": {
            "data": f"Fashion-MNIST, the first {n} training images",
            "epochs": epochs,
            "batch": _BATCH,
            "peak_rate": _PEAK_RATE,
            "seed": seed,
            "core_seconds": seconds,
            "torch": torch.__version__.partition("+")[0],
        },
        "heldout_accuracy": heldout,
        "test_accuracy": test,
    }
    save_model(out, _NAME, network, config)


@torch.inference_mode()
def measure_accuracy(network: Convnet, images: Tensor, labels: Tensor) -> float:
    """Return the share of images classified rightly, 0-1; the network is left in evaluation mode."""
    network.eval()
    hits = sum(
        int((network(images[i : i + 500].float()).argmax(dim=1) == labels[i : i + 500]).sum())
        for i in range(0, len(images), 500)
    )
    return hits / len(images)


def _tensors(images: object, labels: object) -> tuple[Tensor, Tensor]:
    return torch.tensor(images).permute(0, 3, 1, 2), torch.tensor(labels).long()


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m evalsuite.extractors.train", description="Train the embedded feature extractor."
    )
    parser.add_argument("--data", type=Path, default=DEBIAN, help=f"folder of Fashion-MNIST (default: {DEBIAN})")
    parser.add_argument("--out", type=Path, default=WEIGHTS, help="folder to write to (default: the package's own)")
    parser.add_argument("--epochs", type=int, default=_EPOCHS, help="passes over the images")
    parser.add_argument("--seed", type=int, default=_SEED, help="of weights and order")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    options.out.mkdir(parents=True, exist_ok=True)
    train(options.data, options.out, epochs=options.epochs, seed=options.seed)
    if options.out == WEIGHTS:
        write_card()


if __name__ == "__main__":
    main()
