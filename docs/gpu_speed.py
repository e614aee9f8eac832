"""Images a second from JPEG files to features, beside pytorch-fid and torch-fidelity: ``python docs/gpu_speed.py``.

For a machine with a GPU; without one it runs on the CPU with few images, which says that it runs and no more. Weights
are random, which costs the same, unless ``--weights`` names a file. Prints a table; ``--json FILE`` keeps the figures.

The bound is that of the multiplications: 11.42 GFLOP an image, over what the device does in a second in TF32.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import platform
import sys
import tempfile
import time
import warnings
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

GFLOP_AN_IMAGE = 11.42
_PHOTOS = 64  # different ones; the rest are copies of them under other names


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, and return the exit code."""
    import torch

    on_gpu = torch.cuda.is_available()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n", type=int, default=20_000 if on_gpu else 16, help="images")
    parser.add_argument("--size", type=int, default=256, help="pixels along an edge")
    parser.add_argument("--device", default="cuda:0" if on_gpu else "cpu", help="or several, as cuda:0,cuda:1")
    parser.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)), help="threads, or processes")
    parser.add_argument("--weights", type=Path, help="of Inception")
    parser.add_argument("--peak", type=float, default=495.0, help="TFLOP/s of a device in TF32; an H200's by default")
    parser.add_argument("--peers", nargs="*", default=["pytorch-fid", "torch-fidelity"], help="to measure besides")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        weights = options.weights or _random_weights(Path(folder))
        photos = Path(folder) / "photos"
        _write_photos(photos, options.n, options.size)
        rows = _measure(photos, weights, options, on_gpu=on_gpu)
    record = {
        "device": torch.cuda.get_device_name(0) if on_gpu else platform.processor() or platform.machine(),
        "devices": options.device,
        "workers": options.workers,
        "n": options.n,
        "size": options.size,
        "torch": torch.__version__,
        "rows": rows,
    }
    print(
        f"{record['device']}, {options.device}, {options.workers} workers, {options.n} JPEGs of {options.size} pixels"
    )
    for row in rows:
        bound = "" if row["share_of_bound"] is None else f"  {row['share_of_bound']:7.2%} of the TF32 bound"
        print(f"{row['what']:<44} {row['images_a_second']:>10,.1f} images/s{bound}")
    if options.json is not None:
        options.json.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    return 0


def _measure(photos: Path, weights: Path, options: argparse.Namespace, *, on_gpu: bool) -> list[dict[str, Any]]:
    from evalsuite.extractors.inception import InceptionFid
    from evalsuite.extractors.settings import FeatureSettings, use_settings
    from evalsuite.media import read_image_set

    rows: list[dict[str, Any]] = []
    devices = tuple(options.device.split(","))
    bound = 1e3 * options.peak * len(devices) / GFLOP_AN_IMAGE if on_gpu else None

    def add(what: str, compute: Callable[[], object], n: int = options.n) -> None:
        compute()  # once to warm up: weights, kernels, the files' pages
        started = time.perf_counter()
        compute()
        rate = n / (time.perf_counter() - started)
        rows.append({"what": what, "images_a_second": rate, "share_of_bound": rate / bound if bound else None})

    found = read_image_set(photos)  # which decodes each once, to know what can be scored
    settings = FeatureSettings(devices=devices, workers=options.workers)
    add("evalsuite: reading and decoding alone", lambda: _decode(found.images, options.workers))
    for precision in ("float32", "tf32", "bf16") if on_gpu else ("float32",):
        extractor = InceptionFid(weights, precision=precision)
        with use_settings(replace(settings, precision=precision)):
            add(f"evalsuite {precision}: the network alone", *_network_alone(extractor, devices[0], options))
            add(f"evalsuite {precision}: files to features", lambda one=extractor: _features(one, found.images))
    for peer in options.peers:
        try:
            add(f"{peer} {version(peer)}: files to features", _peer(peer, photos, weights, options))
        except (ImportError, PackageNotFoundError, RuntimeError) as error:
            print(f"{peer} is not measured: {error}", file=sys.stderr)
    return rows


def _features(extractor: Any, images: Any) -> object:
    from evalsuite.extractors.opening import compute_features

    return compute_features(extractor, images)


def _decode(images: Any, workers: int) -> None:
    from evalsuite.extractors.read_ahead import read_ahead

    class Decoded:
        def __init__(self, i: int) -> None:
            self.n_bytes = images[i].pixels().nbytes

    for _ in read_ahead(Decoded, len(images), workers=workers, most=512):
        pass


def _network_alone(extractor: Any, device: str, options: argparse.Namespace) -> tuple[Callable[[], object], int]:
    """Return what computes batches that are in memory, prepared, and how many images that is."""
    import numpy as np

    size = extractor.batch_size(device)
    images = np.random.default_rng(0).integers(0, 256, (size, options.size, options.size, 3), dtype=np.uint8)
    prepared = [extractor.prepare(image, i, device) for i, image in enumerate(images)]
    n_batches = max(1, options.n // size // 4)

    def compute() -> None:
        waiting = [extractor.begin(prepared, device, size) for _ in range(n_batches)]
        for wait in waiting:
            wait()

    return compute, n_batches * size


def _peer(name: str, photos: Path, weights: Path, options: argparse.Namespace) -> Callable[[], object]:
    device = options.device.split(",")[0]
    if name == "pytorch-fid":
        return _pytorch_fid(photos, weights, device, options.workers)
    if name == "torch-fidelity":
        return _torch_fidelity(photos, weights, device)
    raise ImportError("no such peer; known are pytorch-fid and torch-fidelity")


def _pytorch_fid(photos: Path, weights: Path, device: str, workers: int) -> Callable[[], object]:
    import torch
    from pytorch_fid import fid_score, inception

    state = torch.load(weights, weights_only=True)
    inception.load_state_dict_from_url = lambda *_, **__: state
    network = inception.InceptionV3([3]).to(device)
    files = sorted(photos.glob("*.jpg"))

    def compute() -> object:
        nowhere = io.StringIO()
        with contextlib.redirect_stderr(nowhere), contextlib.redirect_stdout(nowhere), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return fid_score.get_activations(files, network, 50, 2048, device, min(workers, 8))

    return compute


def _torch_fidelity(photos: Path, weights: Path, device: str) -> Callable[[], object]:
    from torch_fidelity.utils import create_feature_extractor, extract_featuresdict_from_input_id

    settings = {
        "cuda": device != "cpu",
        "verbose": False,
        "feature_extractor_weights_path": str(weights),
        "input1": str(photos),
        "cache": False,
    }
    network = create_feature_extractor("inception-v3-compat", ["2048"], **settings)

    def compute() -> object:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return extract_featuresdict_from_input_id(1, network, **settings)

    return compute


def _random_weights(folder: Path) -> Path:
    """Write weights that keep activations of a like size, with a classifier, as all tools read them."""
    import torch

    from evalsuite.extractors.inception_network import InceptionFeatures

    torch.manual_seed(0)
    state = InceptionFeatures().state_dict()
    for key, tensor in state.items():
        if key.endswith("conv.weight"):
            state[key] = torch.randn_like(tensor) * (2 / tensor[0].numel()) ** 0.5
    state["fc.weight"], state["fc.bias"] = torch.randn(1008, 2048), torch.zeros(1008)
    torch.save(state, folder / "weights.pth")
    return folder / "weights.pth"


def _write_photos(folder: Path, n: int, size: int) -> None:
    """Write JPEGs as large in bytes as photographs of that size are."""
    import numpy as np
    from PIL import Image

    folder.mkdir()
    draw = np.random.default_rng(0)
    encoded = []
    for _ in range(min(n, _PHOTOS)):
        coarse = Image.fromarray(draw.integers(0, 256, (size // 8, size // 8, 3), dtype=np.uint8)).resize((size, size))
        noisy = np.asarray(coarse, dtype=np.int16) + draw.integers(-6, 7, (size, size, 3))
        buffer = io.BytesIO()
        Image.fromarray(noisy.clip(0, 255).astype(np.uint8)).save(buffer, "JPEG", quality=95)
        encoded.append(buffer.getvalue())
    for i in range(n):
        (folder / f"{i:06}.jpg").write_bytes(encoded[i % len(encoded)])


if __name__ == "__main__":
    sys.exit(main())
