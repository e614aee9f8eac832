"""Inception score: torch-fidelity's with its shuffle and parts, and closed forms."""

from __future__ import annotations

from math import log

import numpy as np
import pytest

from evalsuite.distances import inception_score, leave_out_inception_score, split_inception_score


@pytest.mark.parametrize(("n", "classes", "splits"), [(100, 10, 10), (103, 1008, 10), (11, 3, 4)])
@pytest.mark.parametrize("scale", [0.5, 30.0])
def test_equal_to_torch_fidelity(n: int, classes: int, splits: int, scale: float) -> None:
    torch = pytest.importorskip("torch")
    peer = pytest.importorskip("torch_fidelity.metric_isc")
    logits = (scale * np.random.default_rng(n).normal(size=(n, classes))).astype(np.float32)
    for shuffle, seed in ((True, 2020), (False, None)):
        found = split_inception_score(logits, splits, seed=seed)
        expected = peer.isc_features_to_metric(torch.from_numpy(logits), splits=splits, shuffle=shuffle)
        assert found == pytest.approx(tuple(expected.values()), rel=1e-9, abs=1e-12)


def test_closed_forms() -> None:
    assert inception_score(np.zeros((5, 7))) == pytest.approx(1)
    assert inception_score(1e4 * np.eye(7)) == pytest.approx(7)
    # Each image half one class and half another: entropy log 2 of log 4.
    pairs = np.array([[0.0, 0.0, -1e4, -1e4], [-1e4, -1e4, 0.0, 0.0]])
    assert log(inception_score(pairs)) == pytest.approx(log(2))


def test_without_blocks() -> None:
    draw = np.random.default_rng(1)
    logits, blocks = 3 * draw.normal(size=(60, 6)), draw.integers(0, 5, 60)
    expected = [inception_score(logits[blocks != block]) for block in range(5)]
    np.testing.assert_allclose(leave_out_inception_score(logits, blocks), expected, rtol=1e-12)
    assert np.isnan(leave_out_inception_score(logits, np.zeros(60, dtype=np.int64))).all()


def test_bad_input_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1 image"):
        inception_score(np.zeros((0, 3)))
    with pytest.raises(ValueError, match="from 1 to the number of images, 3; found 4"):
        split_inception_score(np.zeros((3, 2)), 4)
    with pytest.raises(ValueError, match="finite"):
        inception_score(np.array([[np.nan, 0.0]]))
