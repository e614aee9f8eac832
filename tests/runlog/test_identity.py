"""What makes two runs one, and the folder it lives in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalsuite.runlog import RunIdentity, canonical_json, slug
from evalsuite.types import GenerationConfig

BASE = RunIdentity(
    model_fingerprint="f" * 64,
    task_name="tiny",
    task_version=1,
    task_hash="0" * 64,
    generation=GenerationConfig(),
    dtype="float32",
    run_seed=0,
)


def test_the_id_is_pinned() -> None:
    # sha256sum of the canonical JSON as printed here: continuing runs of older releases depends on it.
    text = canonical_json(BASE.as_json())
    assert text == (
        '{"dtype":"float32","generation":{"max_new_tokens":256,"num_fewshot":0,"stop":[],"temperature":0.0,'
        '"top_k":null,"top_p":null},"model_fingerprint":"' + "f" * 64 + '","run_seed":0,"task_hash":"' + "0" * 64 + '",'
        '"task_name":"tiny","task_version":1}'
    )
    assert BASE.id == "acca258472ec3b77e8d85eb5d7a2e4f25079b3a79b02dff74efde8f96a290420"


@pytest.mark.parametrize(
    "change",
    [
        {"model_fingerprint": "e" * 64},
        {"task_name": "tiny2"},
        {"task_version": 2},
        {"task_hash": "1" * 64},
        {"dtype": "bfloat16"},
        {"run_seed": 1},
        *(
            {"generation": GenerationConfig(**one)}  # type: ignore[arg-type]
            for one in (
                {"max_new_tokens": 255},
                {"temperature": 0.5},
                {"top_k": 1},
                {"top_p": 0.5},
                {"stop": ("a",)},
                {"num_fewshot": 1},
            )
        ),
    ],
)
def test_everything_in_an_identity_changes_the_id_and_the_folder(change: dict[str, object]) -> None:
    other = replace(BASE, **change)  # type: ignore[arg-type]
    assert other.id != BASE.id
    assert other.folder(Path("runs"), "m") != BASE.folder(Path("runs"), "m")


def test_the_folder_names_model_and_task(tmp_path: Path) -> None:
    folder = BASE.folder(tmp_path, "zoo:ledger/../x")
    assert folder.relative_to(tmp_path).parts[0].startswith("zoo-ledger-..-x-")
    assert folder.relative_to(tmp_path).parts[1:] == ("tiny", BASE.id[:16])


@given(st.text(st.characters(), max_size=80))
def test_a_slug_is_a_safe_name(text: str) -> None:
    name = slug(text)
    assert 1 <= len(name) <= 48
    assert name.isascii()
    assert name[0] not in ".-"
    assert not {"/", "\\", "\0", " "} & set(name)


@pytest.mark.parametrize(("text", "name"), [("", "model"), ("..", "model"), ("日本", "model"), ("a b/c", "a-b-c")])
def test_slugs(text: str, name: str) -> None:
    assert slug(text) == name
