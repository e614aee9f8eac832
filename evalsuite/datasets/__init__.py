"""Real images that come with the package: what generated ones are compared with.

Importing this package imports no NumPy; files are read, checked and kept in memory at the first use.
"""

from __future__ import annotations

from evalsuite.datasets.catalogue import DATASETS, Dataset
from evalsuite.datasets.features import load_training_features
from evalsuite.datasets.images import load_images, load_labels

__all__ = ["DATASETS", "Dataset", "load_images", "load_labels", "load_training_features"]
