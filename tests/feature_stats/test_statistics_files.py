"""Statistics files: what is written is read, and what does not fit is said."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evalsuite.errors import InputError, SaveError, UsageError
from evalsuite.feature_stats import (
    FORMATS,
    check_comparable,
    check_target,
    is_statistics_file,
    make_statistics,
    read_statistics,
    write_statistics,
)
from tests.feature_stats.statistics import draw, made

if TYPE_CHECKING:
    from pathlib import Path

FEW = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@FEW
@given(
    n=st.integers(2, 40), d=st.integers(1, 9), seed=st.integers(0, 99), kept=st.sampled_from([None, "f2", "f4"]),
    words=st.text(max_size=20),
)  # fmt: skip
def test_ours_is_read_as_it_was_written(
    tmp_path: Path, n: int, d: int, seed: int, kept: str | None, words: str
) -> None:
    features = draw(n, d, seed)
    written = made(
        features, extractor=words, decoder=words, source="sha256:0a", made_by="x", image_set="0" * 64,
        features=None if kept is None else features.astype(kept),
    )  # fmt: skip
    write_statistics(tmp_path / "a.npz", written)
    found = read_statistics(tmp_path / "a.npz")
    assert found.mean.tobytes() == written.mean.tobytes()
    assert found.covariance.tobytes() == written.covariance.tobytes()
    assert found.notes == written.notes
    assert found.digest() == written.digest()
    if kept is not None:
        assert found.features is not None
        np.testing.assert_array_equal(found.features, features.astype(kept))
    assert list(tmp_path.iterdir()) == [tmp_path / "a.npz"]  # nothing is left of the way there


@pytest.mark.parametrize("form", FORMATS)
def test_every_form_is_read_again(tmp_path: Path, form: str) -> None:
    written = made(draw())
    path = tmp_path / f"a{FORMATS[form][0]}"
    write_statistics(path, written, form)
    assert is_statistics_file(path)
    found = read_statistics(path)
    np.testing.assert_allclose(found.mean, written.mean, rtol=1e-12)
    np.testing.assert_allclose(found.covariance, written.covariance, rtol=1e-11, atol=1e-12)
    assert found.n == (50 if form in ("evalsuite", "edm2", "stylegan3") else None)
    assert found.extractor is None


def test_ours_is_read_by_numpy_and_says_what_it_is(tmp_path: Path) -> None:
    written = made(draw(), extractor="net:abc", decoder="Pillow 1")
    write_statistics(tmp_path / "a.npz", written)
    with np.load(tmp_path / "a.npz") as file:  # as pytorch-fid reads it; allow_pickle is False
        np.testing.assert_array_equal(file["mu"], written.mean)
        np.testing.assert_array_equal(file["sigma"], written.covariance)
        notes = json.loads(file["evalsuite"].tobytes())
    assert notes == {
        "schema_version": 1, "n": 50, "dimension": 6, "extractor": "net:abc", "decoder": "Pillow 1", "ddof": 1,
        "dtype": "float32", "image_set_sha256": None, "source": None, "made_by": None, "features": None,
        "content_sha256": written.digest(),
    }  # fmt: skip


def test_writing_whole_or_not_at_all(tmp_path: Path) -> None:
    one = made(draw())
    with pytest.raises(UsageError, match=r'unknown form of statistics "pytorch_fid"; did you mean "pytorch-fid"\?'):
        check_target(tmp_path / "a.npz", "pytorch_fid")
    with pytest.raises(UsageError, match=r"a file of the form torch-fidelity ends in \.pt"):
        check_target(tmp_path / "a.npz", "torch-fidelity")
    with pytest.raises(SaveError, match="cannot be written: No such file or directory"):
        check_target(tmp_path / "none" / "a.npz", "evalsuite")
    (tmp_path / "folder.npz").mkdir()
    with pytest.raises(SaveError, match="it is a folder"):
        write_statistics(tmp_path / "folder.npz", one)
    (tmp_path / "folder.npz").rmdir()
    (tmp_path / "old.npz").write_bytes(b"old")
    (tmp_path / "link.npz").symlink_to(tmp_path / "old.npz")
    write_statistics(tmp_path / "link.npz", one)
    assert (tmp_path / "old.npz").read_bytes() == b"old"  # a link is replaced, not followed
    unknown = make_statistics("here", one.mean, one.covariance)
    with pytest.raises(InputError, match="says how many images there were, which is unknown here"):
        write_statistics(tmp_path / "a.pkl", unknown, "edm2")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.npz", "old.npz"]


class Network:
    """An extractor by its names."""

    name, signature, dimension = "fashion_convnet", "fashion_convnet:abc", 6

    def features(self, images: Any) -> Any:
        raise NotImplementedError


def test_what_differs_is_said_and_refused_unless_told() -> None:
    same, other, unknown = (
        made(draw(), extractor="fashion_convnet:abc"),
        made(draw(), extractor="fashion_convnet:old"),
        made(draw()),
    )
    assert check_comparable("x", same, Network()) is False
    assert check_comparable("x", other, Network(), "fashion_convnet") is True
    assert check_comparable("x", unknown, Network(), "fashion_convnet") is True
    with pytest.raises(
        InputError,
        match=r"made by fashion_convnet:old, the images' features are by \S+:abc.*assume-protocol fashion_convnet",
    ):
        check_comparable("x", other, Network(), "")
    with pytest.raises(InputError, match=r"does not say by which .*, weights and resizing .* mean nothing$"):
        check_comparable("x", unknown, Network())
    with pytest.raises(InputError, match='taken as made by "inception_fid@clean"'):
        check_comparable("x", unknown, Network(), "inception_fid@clean")
    with pytest.raises(InputError, match="has 3 features, but fashion_convnet:abc has 6"):
        check_comparable("x", made(draw(d=3)), Network(), "fashion_convnet")


def test_features_must_fit() -> None:
    features = draw()
    for given_features, message in (
        (features[:-1], r"must have shape \(50, 6\), found \(49, 6\)"),
        (features.astype(np.int32), "must be an array of float16"),
        (np.where(features > 5, np.float32(np.inf), features), "not finite"),
        (features + 1, "do not have the mean"),
    ):
        with pytest.raises(InputError, match=message):
            made(features, features=given_features)
