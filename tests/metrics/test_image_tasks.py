"""Metrics of single images in a task of the user's: from its file to the report, with repeats and slices."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import evalsuite
from evalsuite.datasets import load_images
from evalsuite.errors import EvalsuiteError
from evalsuite.images import psnr
from evalsuite.images.clip import CLIP_VARIABLE, Clip
from evalsuite.metrics._reference_images import data_uri
from tests.images.tiny_clip import save_tiny_clip

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CLOTHES = load_images("fashion_mnist/test")


def lines(n: int, *, references: bool = True) -> list[str]:
    return [
        json.dumps(
            {
                "id": str(i),
                "input": {"prompt": f"picture {i}"},
                "references": [data_uri(CLOTHES[i])] if references else [],
                "metadata": {"kind": "even" if i % 2 == 0 else "odd"},
            }
        )
        for i in range(n)
    ]


def paint(prompt: str) -> Any:
    """Return the picture that the prompt asks for, a row further down, and with more noise if its number is odd."""
    number = int(prompt.split()[-1])
    noise = np.random.default_rng(number).integers(0, 9 if number % 2 else 3, CLOTHES[number].shape)
    return np.clip(CLOTHES[number].astype(int) + noise, 0, 255).astype(np.uint8)


def test_scores_slices_and_repeats(
    write_task: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CLIP_VARIABLE, str(save_tiny_clip(tmp_path / "clip")))
    metrics = (
        '[{ name = "psnr", primary = true, by = ["kind"] }, { name = "ssim", border = "reflect" }, '
        '{ name = "clip_score" }, { name = "feature_diversity", within = "prompt" }]'
    )
    task = write_task(lines=lines(12), prompt="{prompt}", metrics=metrics, more='modality = "image"')
    (report,) = evalsuite.evaluate(paint, str(task), output=str(tmp_path / "runs"), repeats=2)
    scores = {score.metric: score for score in report.scores}
    expected = [psnr(paint(f"picture {i}"), CLOTHES[i]) for i in range(12)]
    assert scores["psnr"].value == pytest.approx(np.mean(expected), rel=1e-12)
    even, odd = scores["psnr"].slices["kind"]
    assert (even.value, odd.value) == pytest.approx((np.mean(expected[::2]), np.mean(expected[1::2])), rel=1e-12)
    clip = Clip(tmp_path / "clip")
    cosines = [clip.cosine(f"picture {i}", paint(f"picture {i}")) for i in range(12)]
    assert scores["clip_score"].value == pytest.approx(100 * np.mean(np.maximum(cosines, 0)), rel=1e-9)
    # The two repeats of each prompt are the same picture.
    assert scores["feature_diversity"].value == pytest.approx(0, abs=1e-12)
    for score in scores.values():
        assert score.interval is not None
    assert "|border:reflect|" in scores["ssim"].signature


def test_what_samples_lack_is_said_before_anything_is_generated(
    write_task: Callable[..., Path], tmp_path: Path
) -> None:
    task = write_task(
        lines=lines(3, references=False),
        prompt="{prompt}",
        metrics='[{ name = "psnr", primary = true }]',
        more='modality = "image"',
    )
    with pytest.raises(EvalsuiteError, match='do not suit metric "psnr": psnr: sample "0" has no references'):
        evalsuite.evaluate(paint, str(task), output=str(tmp_path / "runs"))
    assert not list((tmp_path / "runs").rglob("run.jsonl"))
