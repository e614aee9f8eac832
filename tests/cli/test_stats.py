"""``evalsuite stats``, and ``evalsuite score --real FILE``: the numbers that the images themselves have."""

from __future__ import annotations

import json
import os
import pickle
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from evalsuite.cli import main
from evalsuite.datasets import load_images
from evalsuite.distances import moments
from evalsuite.extractors.opening import open_extractor
from evalsuite.feature_stats import FORMATS, make_statistics, read_statistics, write_statistics
from tests.media.images import png, write_folder

if TYPE_CHECKING:
    from pathlib import Path

Capture = pytest.CaptureFixture[str]
TOLD = ("--assume-protocol", "fashion_convnet")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("sets")
    files = [png(image) for image in load_images("fashion_mnist/heldout")[:300]]
    write_folder(root / "real", {f"{i}.png": data for i, data in enumerate(files[:100])})
    write_folder(root / "few", {f"{i}.png": data for i, data in enumerate(files[:30])})
    write_folder(root / "fake", {f"{i}.png": data for i, data in enumerate(files[100:250])})
    write_folder(root / "one", {"0.png": files[0]})
    write_folder(root / "large", {"0.png": files[0], "1.png": png(np.zeros((30, 30, 1), np.uint8))})
    write_folder(root / "bad", {**{f"{i}.png": data for i, data in enumerate(files[:9])}, "cut.png": b"", "a.txt": b""})
    (root / "empty").mkdir()
    return root


@pytest.fixture(autouse=True)
def _there(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)


def call(capsys: Capture, *arguments: str) -> tuple[int, str, str]:
    capsys.readouterr()
    code = main(list(arguments))
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def scores(capsys: Capture, real: str, *more: str) -> dict[str, dict[str, Any]]:
    more = more if "--metric" in more else ("--metric", "frechet_distance", *more)
    code, out, err = call(capsys, "score", "--real", real, "--fake", "fake", *more, "--json")
    assert code == 0, err
    return {one["metric"]: one for one in json.loads(out)["scores"]}


def test_what_is_printed_and_written(capsys: Capture, folder: Path) -> None:
    code, out, err = call(capsys, "stats", "bad", "-o", "bad.npz")
    assert code == 0
    assert out == (
        "bad: 9 images of 28 x 28 x 1; 1 left out: 1 x empty file; 1 other files passed over\n"
        f"Statistics: bad.npz (evalsuite; 64 features by {open_extractor('fashion_convnet').signature})\n"
    )
    assert "bad: 9 images, " in err
    assert " images/s (" in err
    assert call(capsys, "stats", "bad", "-o", "bad.npz", "--quiet") == (0, "", "")
    found = read_statistics(folder / "bad.npz")
    features = open_extractor("fashion_convnet").features(list(load_images("fashion_mnist/heldout")[:9]))
    expected = moments(features)
    assert found.mean.tobytes() == expected.mean.tobytes()
    assert found.covariance.tobytes() == expected.covariance.tobytes()
    assert (found.n, found.ddof, found.dtype, found.features) == (9, 1, "float32", None)
    assert found.extractor == open_extractor("fashion_convnet").signature
    assert found.decoder is not None
    assert re.fullmatch(r"png [0-9.]+; conversion rule 1", found.decoder)
    assert found.made_by is not None
    assert found.made_by.startswith("evalsuite ")
    first = (folder / "bad.npz").read_bytes()
    assert call(capsys, "stats", "bad", "-o", "bad.npz", "--quiet")[0] == 0
    assert (folder / "bad.npz").read_bytes()[:4] == first[:4]
    assert read_statistics(folder / "bad.npz").digest() == found.digest()


def test_a_data_set_of_many_blocks(capsys: Capture, tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    assert call(capsys, "stats", "fashion_mnist/test", "-o", str(path), "--features", "float32", "--quiet")[0] == 0
    found = read_statistics(path)
    assert found.features is not None
    assert found.covariance.tobytes() == moments(found.features).covariance.tobytes()
    names = ("frechet_distance", "kid", "precision")
    of_images = scores(capsys, "fashion_mnist/test", "--metric", *names)
    assert of_images["frechet_distance"].pop("floor") > 0
    assert of_images["kid"]["floor"] is None
    of_statistics = scores(capsys, str(path), "--metric", *names)
    assert of_statistics["frechet_distance"].pop("floor") is None  # moments cannot be cut
    assert of_statistics == of_images  # value, interval, signature, notes


@pytest.mark.parametrize("real", ["real", "few"])
@pytest.mark.parametrize("form", FORMATS)
def test_scores_are_those_of_the_images(capsys: Capture, form: str, real: str) -> None:
    path = f"{real}-{form}{FORMATS[form][0]}"
    assert call(capsys, "stats", real, "-o", path, "--format", form)[0] == 0
    told = () if form == "evalsuite" else TOLD
    found, expected = (scores(capsys, *one)["frechet_distance"] for one in ((path, *told), (real,)))
    assert found["value"] == pytest.approx(expected["value"], rel=1e-9)
    for end in ("low", "high"):
        assert found["interval"][end] == pytest.approx(expected["interval"][end], rel=1e-6)
    if form == "evalsuite":
        assert found["signature"] == expected["signature"]
        assert found["notes"] == expected["notes"]
        return
    assert "|assume_protocol:fashion_convnet|" in found["signature"]
    assert any("because you said so: the file" in note for note in found["notes"])
    known = form in ("edm2", "stylegan3")
    assert (f"|m:{100 if real == 'real' else 30}|" if known else "|m:unknown|") in found["signature"]
    assert any("number of reference images is unknown" in note for note in found["notes"]) != known
    code, out, err = call(capsys, "score", "--real", path, "--fake", "fake", "--metric", "frechet_distance")
    assert (code, out) == (2, "")
    assert "does not say by which extractor, weights and resizing it was made" in err
    assert "say --assume-protocol fashion_convnet" in err


def test_metrics_that_need_features(capsys: Capture) -> None:
    for kept in ((), ("--features", "float32"), ("--features", "float16")):
        assert call(capsys, "stats", "real", "-o", "real.npz", *kept)[0] == 0
        if not kept:
            code, out, err = call(capsys, "score", "--real", "real.npz", "--fake", "fake", "--metric", "kid")
            assert (code, out) == (2, "")
            assert '--real real.npz: metric "kid": has mean and covariance only; this metric needs the features' in err
            continue
        names = ("--metric", "kid", "recall", "density", "frechet_infinity", "frechet_distance", "cmmd")
        found, expected = scores(capsys, "real.npz", *names), scores(capsys, "real", *names)
        if kept[1] == "float32":
            assert (found["frechet_distance"].pop("floor"), expected["frechet_distance"].pop("floor") > 0) == (
                None,
                True,
            )
            assert found == expected
        else:
            assert ":float16|m:100" in found["kid"]["signature"]
            assert found["kid"]["value"] == pytest.approx(expected["kid"]["value"], abs=1e-3)
            assert found["frechet_distance"]["value"] == pytest.approx(expected["frechet_distance"]["value"], rel=1e-9)


def test_the_same_images_are_noticed(capsys: Capture) -> None:
    assert call(capsys, "stats", "fake", "-o", "same.npz", "--quiet")[0] == 0
    code, out, err = call(capsys, "score", "--real", "same.npz", "--fake", "fake", "--metric", "frechet_distance")
    assert code == 0
    assert "--real and --fake hold the same images" in err
    name = open_extractor("fashion_convnet").signature
    assert out.startswith(f"real: same.npz: statistics of 150 images, of the form evalsuite, by extractor {name}\n")


def test_statistics_by_another_network(capsys: Capture) -> None:
    assert call(capsys, "stats", "real", "-o", "classes.npz", "--extractor", "fashion_classifier")[0] == 0
    command = ("score", "--real", "classes.npz", "--fake", "fake", "--metric", "frechet_distance")
    code, _, err = call(capsys, *command)
    assert code == 2
    assert "has 10 features and was made by fashion_classifier:" in err
    assert call(capsys, *command, "--extractor", "fashion_classifier")[0] == 0
    found = read_statistics_of(capsys)
    old = make_statistics("x", found.mean, found.covariance, n=found.n, extractor="fashion_convnet:of-old-weights")
    write_statistics("old.npz", old)
    command = ("score", "--real", "old.npz", "--fake", "fake", "--metric", "frechet_distance")
    code, _, err = call(capsys, *command)
    assert code == 2
    assert "made by fashion_convnet:of-old-weights, the images' features are by fashion_convnet:338" in err
    assert call(capsys, *command, *TOLD)[0] == 0
    code, _, err = call(capsys, *command, "--assume-protocol", "inception_fid")
    assert code == 2
    assert 'is to be taken as made by "inception_fid", but the images\' features are by fashion_convnet' in err


def read_statistics_of(capsys: Capture) -> Any:
    from pathlib import Path

    assert call(capsys, "stats", "real", "-o", "plain.npz", "--quiet")[0] == 0
    return read_statistics(Path("plain.npz"))


def test_statistics_beside_images(capsys: Capture) -> None:
    found = read_statistics_of(capsys)
    images = load_images("fashion_mnist/heldout")[:60]
    np.savez("virtual.npz", mu=found.mean, sigma=found.covariance, mu_s=np.zeros(2), sigma_s=np.eye(2), arr_0=images)
    names = ("--metric", "frechet_distance", "kid")
    scored = scores(capsys, "virtual.npz", *names, *TOLD)
    expected = scores(capsys, "real")["frechet_distance"]["value"]
    assert scored["frechet_distance"]["value"] == pytest.approx(expected, rel=1e-9)
    assert "|m:60|" in scored["kid"]["signature"]  # of the images in the file
    code, _, err = call(capsys, "score", "--real", "virtual.npz", "--fake", "fake", *names)
    assert code == 2
    assert "the file (guided-diffusion) does not say" in err


def test_a_file_that_changes_is_read_again(capsys: Capture) -> None:
    assert call(capsys, "stats", "real", "-o", "moving.npz", "--quiet")[0] == 0
    first = scores(capsys, "moving.npz")["frechet_distance"]["value"]
    assert call(capsys, "stats", "fake", "-o", "moving.npz", "--quiet")[0] == 0
    second = scores(capsys, "moving.npz")["frechet_distance"]["value"]
    assert second < 1e-6 < first


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("stats", "none", "-o", "a.npz"), 2, 'there is no "none". Give a folder'),
        (("stats", "fashion_mnist/tests", "-o", "a.npz"), 2, 'did you mean "fashion_mnist/test"?'),
        (("stats", "empty", "-o", "a.npz"), 2, "empty: there is no image in it"),
        (("stats", "one", "-o", "a.npz"), 2, "one: has 1 image, statistics take at least 2"),
        (("stats", "large", "-o", "a.npz"), 2, "large: image 1: expected shape (28, 28, 1)"),
        (("stats", "real", "-o", "a.npz", "--extractor", "fashion_convent"), 2, 'did you mean "fashion_convnet"?'),
        (("stats", "real", "-o", "a.npz", "--format", "pytorchfid"), 2, 'did you mean "pytorch-fid"?'),
        (("stats", "real", "-o", "a.npz", "--format", "edm2"), 2, "a file of the form edm2 ends in .pkl"),
        (("stats", "real", "-o", "a.npz", "--format", "pytorch-fid", "--features", "float16"), 2, "has no place for"),
        (("stats", "real", "-o", "a.npz", "--features", "float8"), 2, 'unknown: "float8"'),
        (("stats", "real", "-o", "none/a.npz"), 4, "none/a.npz: cannot be written: No such file or directory"),
        (("stats", "real.npz", "-o", "a.npz"), 2, "holds statistics; the images are needed"),
        (("score", "--real", "real", "--fake", "fake", "--metric", "kid", "--assume-protocol", "x"), 2, "--assume-pr"),
        (("score", "--real", "real", "--fake", "fake", "--metric", "frechet_distance", *TOLD), 2, "has 100 images"),
        (("score", "--hyp", "x", "--ref", "x", "--metric", "bleu", *TOLD), 2, "--assume-protocol is for --real"),
        (("score", "--real", "fake", "--fake", "real.npz", "--metric", "kid"), 2, "real.npz: holds statistics"),
    ],
)  # fmt: skip
def test_mistakes_are_explained(capsys: Capture, arguments: tuple[str, ...], code: int, message: str) -> None:
    if "real.npz" in arguments:
        assert call(capsys, "stats", "real", "-o", "real.npz", "--quiet")[0] == 0
    found = call(capsys, *arguments)
    assert found[:2] == (code, "")
    assert message in found[2]


class Evil:
    """Runs a command when it is unpickled."""

    def __reduce__(self) -> Any:
        return os.system, ("touch trace",)


def test_hostile_references_are_refused_in_one_line(capsys: Capture, folder: Path) -> None:
    (folder / "evil.pkl").write_bytes(pickle.dumps({"mu": Evil(), "sigma": np.eye(64)}))
    np.savez(folder / "objects.npz", allow_pickle=True, mu=np.array([Evil()]), sigma=np.eye(64))
    np.savez(folder / "asymmetric.npz", mu=np.zeros(64), sigma=np.triu(np.ones((64, 64))))
    (folder / "cut.pt").write_bytes(b"PK\x03\x04cut")
    for name, message in (
        ("evil.pkl", "it holds posix.system"),
        ("objects.npz", "holds Python objects"),
        ("asymmetric.npz", "is not symmetric"),
        ("cut.pt", "is damaged or cut off"),
    ):
        code, out, err = call(capsys, "score", "--real", name, "--fake", "fake", "--metric", "frechet_distance", *TOLD)
        assert (code, out, err.count("\n")) == (2, "", 1)
        assert message in err
    assert not (folder / "trace").exists()
