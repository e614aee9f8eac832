"""Folders of transformers: which are opened, which are refused, and what is hashed of them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evalsuite.errors import DependencyError, ModelError
from evalsuite.models import hf
from evalsuite.models.hf import HfModel
from evalsuite.models.spec import open_model
from evalsuite.types import GenerationConfig, Output, Request

pytest.importorskip("transformers")
Ask = Callable[..., Request]
Build = Callable[..., Path]


def opened(spec: str) -> HfModel:
    model = open_model(spec)
    assert isinstance(model, HfModel)
    return model


def one(model: HfModel, request: Request, **config: Any) -> Output:
    return model.generate([request], GenerationConfig(**config))[0]


def test_fingerprint_is_of_the_content(folder: Path, build_hf: Build, tmp_path: Path) -> None:
    kind = folder.name
    moved = shutil.copytree(folder, tmp_path / "moved")
    (moved / "README.md").write_text("hello")
    same = opened(f"hf:{folder}").fingerprint
    assert opened(f"hf:{moved}").fingerprint == same
    assert opened(f"hf:{moved},batch_size=2").fingerprint == same
    assert opened(f"hf:{build_hf(tmp_path / 'other', kind=kind, seed=1)}").fingerprint != same
    (moved / "tokenizer_config.json").write_text("{}")
    assert opened(f"hf:{moved}").fingerprint != same


def test_missing_folder_says_what_to_give(tmp_path: Path) -> None:
    with pytest.raises(
        ModelError, match=r"no folder .*nowhere, and no model of that id.*hf:path/to/model.*config\.json"
    ):
        open_model(f"hf:{tmp_path}/nowhere")
    with pytest.raises(ModelError, match=r"^hf:some-one/some-model: there is no folder some-one/some-model"):
        open_model("hf:some-one/some-model")


@pytest.mark.parametrize(
    ("missing", "message"),
    [
        ("config.json", r"holds no config\.json\. Such a folder holds"),
        ("model.safetensors", r"holds no model\.safetensors\. Such a folder holds"),
        ("tokenizer.json", r"holds no tokenizer\. Such a folder holds"),
    ],
)
def test_incomplete_folder(folder: Path, tmp_path: Path, missing: str, message: str) -> None:
    copy = shutil.copytree(folder, tmp_path / "copy")
    (copy / missing).unlink()
    with pytest.raises(ModelError, match=message):
        open_model(f"hf:{copy}")


def test_pickled_weights_are_refused(folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(folder, tmp_path / "copy")
    (copy / "model.safetensors").rename(copy / "pytorch_model.bin")
    with pytest.raises(ModelError, match=r"It holds pytorch_model\.bin, which can run code when it is read"):
        open_model(f"hf:{copy}")


def test_missing_shard_is_named(folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(folder, tmp_path / "copy")
    index = {"weight_map": {"a": "one.safetensors", "b": "model.safetensors"}}
    (copy / "model.safetensors.index.json").write_text(json.dumps(index))
    with pytest.raises(ModelError, match=r"names 2 files of weights, 1 of which are not there: one\.safetensors"):
        open_model(f"hf:{copy}")


def test_damaged_config_is_named(folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(folder, tmp_path / "copy")
    (copy / "config.json").write_text("{")
    with pytest.raises(ModelError, match=r"config\.json is not valid JSON"):
        open_model(f"hf:{copy}")
    (copy / "config.json").write_text("[]")
    with pytest.raises(ModelError, match=r"must hold a JSON object, found list"):
        open_model(f"hf:{copy}")


def test_missing_weights_are_not_made_up(folder: Path, tmp_path: Path, ask: Ask) -> None:
    from safetensors.torch import load_file, save_file

    copy = shutil.copytree(folder, tmp_path / "copy")
    weights = load_file(copy / "model.safetensors")
    lost = next(name for name in weights if ".0." in name and name.endswith("weight"))
    del weights[lost]
    save_file(weights, copy / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ModelError, match=rf"lacks 1 of the model's weights.*{lost}"):
        one(opened(f"hf:{copy}"), ask("a"))


def test_truncated_weights_are_an_error_of_the_model(folder: Path, tmp_path: Path, ask: Ask) -> None:
    copy = shutil.copytree(folder, tmp_path / "copy")
    (copy / "model.safetensors").write_bytes((copy / "model.safetensors").read_bytes()[:1000])
    with pytest.raises(ModelError, match=r"transformers \S+ cannot load .*copy"):
        one(opened(f"hf:{copy}"), ask("a"))


def test_code_of_a_checkpoint_does_not_run(folder: Path, tmp_path: Path, ask: Ask) -> None:
    copy = shutil.copytree(folder, tmp_path / "copy")
    (copy / "evil.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\nclass C: pass\nclass M: pass\n")
    config = json.loads((copy / "config.json").read_text())
    classes = {"AutoConfig": "evil.C", "AutoModelForCausalLM": "evil.M"}
    (copy / "config.json").write_text(json.dumps({**config, "model_type": "evil", "auto_map": classes}))
    with pytest.raises(ModelError, match="cannot load"):
        one(opened(f"hf:{copy}"), ask("a"))
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("dtype=int4", r'option "dtype" must be one of float32, bfloat16, float16, auto; got "int4"'),
        ("batch_size=0", r'option "batch_size" must be a whole number of at least 1; got "0"'),
        ("chats=true", r'unknown option "chats"; did you mean "chat"\?'),
        ("trust_remote_code=true", r'unknown option "trust_remote_code"'),
    ],
)
def test_options_are_checked(folder: Path, options: str, message: str) -> None:
    with pytest.raises(ModelError, match=message):
        open_model(f"hf:{folder},{options}")


def test_missing_package_names_the_extra(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hf, "find_spec", lambda name: None)
    with pytest.raises(DependencyError, match=r'pip install "evalsuite\[hf\]"'):
        open_model(f"hf:{folder}")
