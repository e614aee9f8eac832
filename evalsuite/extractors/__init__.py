"""Feature extractors: networks that turn an image into the vector that distances between sets are computed from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalsuite.registry import Entry, Registry

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["BY_PATH", "CLASSIFIERS", "DEFAULT_PROTOCOLS", "EMBEDDED", "EXTRACTORS", "RUN_CODE"]

EMBEDDED = frozenset({"fashion_classifier", "fashion_convnet"})
"""Those whose weights come with the package, and change with its release only."""

CLASSIFIERS = frozenset({"fashion_classifier", "inception_logits"})
"""Those whose features are scores of classes before a softmax."""

DEFAULT_PROTOCOLS: Mapping[str, str] = {"inception_fid": "pytorch-fid", "inception_logits": "torch-fidelity"}
"""Those that resize as other tools do, with the protocol they keep to where the name has none."""

# Each target is a function that opens the extractor, with the protocol if it has several; weights load at first use.
EXTRACTORS: Registry[object] = Registry(
    "extractor",
    "evalsuite.extractors",
    {
        "fashion_classifier": Entry(
            "evalsuite.extractors.fashion_convnet:open_classifier",
            "The same network's scores of the ten classes, before the softmax; embedded.",
        ),
        "fashion_convnet": Entry(
            "evalsuite.extractors.fashion_convnet:open_extractor",
            "Small convolutional network trained on Fashion-MNIST; 64 features; embedded.",
        ),
        "inception_fid": Entry(
            "evalsuite.extractors.inception:open_extractor",
            "FID's Inception network, pytorch-fid's weights; 2048 features; weights by path or download.",
        ),
        "inception_logits": Entry(
            "evalsuite.extractors.inception:open_classifier",
            "The same network's scores of 1,008 classes, without bias, as torch-fidelity's Inception score has them.",
        ),
    },
)

BY_PATH: Mapping[str, Entry] = {
    "hf": Entry(
        "evalsuite.extractors.hf_vision:open_folder",
        "Vision network of transformers in a folder: CLIP's image embedding, or the pooled output.",
    ),
    "timm": Entry(
        "evalsuite.extractors.timm_vision:open_folder",
        "Vision network of timm in a folder: its pooled features, without the classifier.",
    ),
    "torchscript": Entry(
        "evalsuite.extractors.torchscript:open_bytes", "TorchScript module that reads uint8, and may run any code."
    ),
    "torchscript-float": Entry(
        "evalsuite.extractors.torchscript:open_floats", "The same for one that reads floats in [0, 1]."
    ),
}
"""Networks of the user's: functions that open the file or folder at a path."""

RUN_CODE = frozenset({"torchscript", "torchscript-float"})
"""Those by path that may run any code: only a person's command may name them, not a task's file."""
