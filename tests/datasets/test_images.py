"""The images that come with the package are the published ones, and damage is noticed."""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from evalsuite.datasets import DATASETS, load_images, load_labels
from evalsuite.datasets.catalogue import FOLDER
from evalsuite.errors import InputError, UsageError


@pytest.mark.parametrize("name", DATASETS)
def test_shape_hash_and_cache(name):
    images, labels = load_images(name), load_labels(name)
    assert images.shape == (DATASETS[name].n, *DATASETS[name].shape)
    assert labels.shape == (DATASETS[name].n,)
    assert images.dtype == labels.dtype == np.uint8
    assert hashlib.sha256(images.tobytes()).hexdigest() == DATASETS[name].sha256
    assert load_images(name) is images
    with pytest.raises(ValueError, match="read-only"):
        images[0, 0, 0] = 1


def test_classes_of_the_test_split_are_balanced():
    assert np.bincount(load_labels("fashion_mnist/test")).tolist() == [1000] * 10


def test_test_and_heldout_images_differ():
    test, heldout = (
        {image.tobytes() for image in load_images(f"fashion_mnist/{part}")} for part in ("test", "heldout")
    )
    assert len(heldout) == 2000
    assert len(test & heldout) <= 1  # Fashion-MNIST itself repeats a picture now and then


def test_the_licence_lies_beside_them():
    text = (FOLDER / "fashion_mnist" / "LICENCE.txt").read_text("utf-8")
    assert "MIT License" in text
    assert "Zalando" in text


def test_unknown_name():
    with pytest.raises(UsageError, match='unknown data set "fashion_mnist/tests"; did you mean "fashion_mnist/test"'):
        load_images("fashion_mnist/tests")


@pytest.fixture
def copy(tmp_path):
    shutil.copytree(FOLDER / "fashion_mnist", tmp_path / "fashion_mnist")
    return tmp_path


def rewrite(path: Path, change) -> None:
    raw = bytearray(gzip.decompress(path.read_bytes()))
    path.write_bytes(gzip.compress(bytes(change(raw)), compresslevel=1))


def flip(raw):
    raw[5000] ^= 1
    return raw


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (flip, "expected content of SHA-256 .*, found .*; the file is damaged or of another release; install"),
        (lambda raw: raw[:-1], r"expected IDX bytes of shape \(2000, 28, 28\) in gzip, found .* 1567999 bytes"),
        (lambda raw: raw + b"\0", "found .* 1568001 bytes"),
        (lambda raw: b"\0\0\x0d" + raw[3:], r"found another header \(00000d03\)"),
        (lambda raw: raw[:7], "found another header"),
    ],
    ids=["flipped", "short", "long", "header", "stub"],
)
def test_changed_images_are_refused(copy, change, message):
    path = copy / "fashion_mnist" / "heldout-images.gz"
    rewrite(path, change)
    with pytest.raises(InputError, match=f"^{re.escape(str(path))}: .*{message}"):
        load_images("fashion_mnist/heldout", copy)


def test_broken_and_missing_files_are_named(copy):
    path = copy / "fashion_mnist" / "heldout-images.gz"
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(InputError, match=r"heldout-images\.gz: expected .* found a broken stream"):
        load_images("fashion_mnist/heldout", copy)
    path.write_bytes(b"not gzip")
    with pytest.raises(InputError, match=r"heldout-images.gz: cannot be read \(Not a gzipped file"):
        load_images("fashion_mnist/heldout", copy)
    path.unlink()
    with pytest.raises(InputError, match=r"heldout-images.gz: cannot be read \(No such file"):
        load_images("fashion_mnist/heldout", copy)
    rewrite(copy / "fashion_mnist" / "heldout-labels.gz", lambda raw: raw[:-1] + bytes([raw[-1] ^ 1]))
    with pytest.raises(InputError, match=r"heldout-labels\.gz: expected content of SHA-256"):
        load_labels("fashion_mnist/heldout", copy)


def test_importing_is_light():
    code = "import sys, evalsuite.datasets; assert not {'numpy', 'torch'} & set(sys.modules)"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)
