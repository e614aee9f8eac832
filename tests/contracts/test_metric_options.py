"""What the options and the signature of every registered metric keep to."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import TYPE_CHECKING

import numpy as np
import pytest

from evalsuite.errors import UsageError
from evalsuite.metrics import METRICS
from evalsuite.metrics.base import SetMetric

if TYPE_CHECKING:
    from pathlib import Path

from tests.contracts.metric_examples import NAMES, SET_METRICS, example, make, reference

pytestmark = pytest.mark.usefixtures("inception_without_weights")
OTHER_NAMES = {
    "13a": "none",
    "none": "13a",
    "apart": "hundredths",
    "lenient": "same",
    "undecided": "sum",
    "power": "undecided",
    "token": "text",
}
# Another allowed value of each option, with what it needs beside it.
OTHER: dict[str, dict[str, object]] = {
    "max_order": {"max_order": 2},
    "normalise": {"normalise": "characters"},
    "tokenize": {},
    "edit_unit": {"edit_unit": "words"},
    "tokenizer": {"tokenizer": "unicode"},
    "smooth_method": {"smooth_method": "floor"},
    "smooth_value": {"smooth_method": "floor", "smooth_value": 0.101},
    "char_order": {"char_order": 5},
    "word_order": {"word_order": 2},
    "beta": {"beta": 3},
    "horizon": {"horizon": 12},
    "extractor": {"extractor": "inception_fid"},
    "classifier": {"extractor": "inception_logits"},
    "protocol": {"protocol": "clean"},
    "assume_protocol": {"assume_protocol": "inception_fid"},
    "reference_set": {"reference_set": "fashion_mnist/heldout"},
    "training_set": {"training_set": "IMAGES"},
    "level": {"level": 0.05},
    "average": {"average": "pixels"},
    "border": {"border": "reflect"},
    "network": {"network": "vgg"},
    "size": {"size": 40},
    "within": {"within": "prompt"},
    "n_cells": {"n_cells": 3},
    "least_share": {"least_share": 0.01},
    "model": {"model": "CLIP"},
    "weight": {"weight": 2.5},
    "k": {"k": 4},
    "sigma": {"sigma": 5.0},
    "n_subsets": {"n_subsets": 7},
    "subset_size": {"subset_size": 5},
    "seed": {"seed": 1},
    "smoothing": {"smoothing": 2},
    "order": {"order": 2},
    "top": {"top": 3},
    "min_repetitions": {"min_repetitions": 4},
    "min_span": {"min_span": 9},
    "encoder": {"encoder": "CHECKPOINT"},
    "num_layers": {"encoder": "CHECKPOINT", "num_layers": 1},
    "num_buckets": {"num_buckets": 3},
    "scaling_factor": {"scaling_factor": 4.0},
    "n_seeds": {"n_seeds": 2},
    "corpus": {"corpus": "CORPUS"},
    "ngram": {"ngram": 5},
    "floor": {"floor": 0.25},
    "undecided": {"undecided": "wrong"},
    "tokens": {"tokens": "model"},
    "tau": {"tau": 1.0},
    "bins": {"bins": 5},
    "similarity": {"similarity": "edit"},
    "summary": {"summary": "max"},
    "key": {"key": "intervention"},
    "variant": {"variant": "rename"},
    "base": {"base": "control"},
    "pipeline": {"pipeline": "strict"},
    "filters": {"filters": [{"function": "lowercase"}]},
    "repeats": {"repeats": 2},
    "regexes_to_ignore": {"regexes_to_ignore": ["a|b"]},
}
# What is wrong where "nonsense" would do: a number, or a name.
WRONG: dict[str, object] = {"smooth_value": 0.5, "key": "", "variant": "", "base": 7, "pipeline": 7}


@pytest.fixture
def image_folder(tmp_path: Path) -> Path:
    from PIL import Image

    for i in range(6):
        pixels = np.random.default_rng(i).integers(0, 256, (28, 28), dtype=np.uint8)
        Image.fromarray(pixels).save(tmp_path / f"{i}.png")
    return tmp_path


@pytest.fixture
def checkpoint_folder(tmp_path: Path) -> Path:
    """A folder with a checkpoint's files, enough for a signature."""
    folder = tmp_path / "checkpoint"
    folder.mkdir()
    for file in ("config.json", "model.safetensors", "tokenizer.json"):
        (folder / file).write_text("{}")
    return folder


@pytest.fixture(scope="module")
def corpus_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("corpus") / "corpus.txt"
    path.write_text("one document a line\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("name", NAMES)
def test_every_option_is_in_the_signature(
    name: str, image_folder: Path, checkpoint_folder: Path, corpus_file: Path, other_clip: Path
) -> None:
    metric_class = METRICS.get(name)
    signatures = {metric_class().signature()}
    options = [field for field in fields(metric_class) if field.init]
    for option in options:
        default = getattr(metric_class(), option.name)
        chosen = "classifier" if (name, option.name) == ("inception_score", "extractor") else option.name
        other = OTHER.get(chosen) or {option.name: (not default) if isinstance(default, bool) else OTHER_NAMES[default]}
        stands_for = {
            "IMAGES": str(image_folder),
            "CHECKPOINT": f"hf:{checkpoint_folder}",
            "CORPUS": str(corpus_file),
            "CLIP": f"hf:{other_clip}",
        }
        other = {key: stands_for.get(str(given), given) for key, given in other.items()}
        changed, again = metric_class(**other), metric_class(**other)
        assert changed.signature() == again.signature()
        signatures.add(changed.signature())
    assert len(signatures) == 1 + len(options)
    assert all(signature.split("|")[0] == name for signature in signatures)
    assert metric_class().signature() == metric_class().signature()


@pytest.mark.parametrize("name", NAMES)
def test_wrong_options_are_refused(name: str) -> None:
    metric_class = METRICS.get(name)
    for option in fields(metric_class):
        if option.init:
            with pytest.raises(UsageError, match=rf"^{re.escape(name)}: `{option.name}` (must be|is for)"):
                metric_class(**{option.name: WRONG.get(option.name, "nonsense")})


@pytest.mark.parametrize("name", NAMES)
def test_metric_is_immutable(name: str) -> None:
    with pytest.raises(AttributeError):
        make(name).version = 2  # type: ignore[misc]
    assert make(name) == make(name)


@pytest.mark.parametrize("name", NAMES)
def test_name_and_summary_are_the_registrys(name: str) -> None:
    metric_class = METRICS.get(name)
    assert metric_class.name == name
    assert metric_class.__doc__ is not None
    assert METRICS.summary(name) == metric_class.__doc__.splitlines()[0]


@pytest.mark.parametrize("name", SET_METRICS)
def test_feature_signature_names_what_features_depend_on(name: str) -> None:
    metric, made = make(name), example(name)
    assert isinstance(metric, SetMetric)
    assert metric.feature_signature() == make(name).feature_signature()
    assert metric.scored_signature(10).startswith(metric.signature())
    assert all(
        isinstance(note, str) for note in metric.notes(metric.features(made.samples, made.best).values, reference(name))
    )
