"""Feature extractors: networks that turn an image into the vector that distances between sets are computed from."""

from __future__ import annotations

from evalsuite.registry import Entry, Registry

__all__ = ["CLASSIFIERS", "EMBEDDED", "EXTRACTORS"]

EMBEDDED = frozenset({"fashion_classifier", "fashion_convnet"})
"""Those whose weights come with the package, and change with its release only."""

CLASSIFIERS = frozenset({"fashion_classifier"})
"""Those whose features are scores of classes before a softmax."""

# Each target is a function without arguments that opens the extractor; weights load at first use.
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
    },
)
