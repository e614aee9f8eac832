"""``evalsuite score --real R --fake F``: right numbers, or a message that says what is wrong."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from evalsuite.cli import main
from evalsuite.datasets import load_images
from evalsuite.errors import InputError
from evalsuite.extractors import EXTRACTORS
from evalsuite.extractors.opening import open_extractor
from evalsuite.media import read_image_set
from tests.media.images import encode, png, raw_png, raw_tiff, write_folder, write_tar
from tests.reference.extractors import PatchMeans

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Capture = pytest.CaptureFixture[str]
METRICS = ("frechet_distance", "kid", "precision", "recall")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sets of images by name: clothes of one half and of another, one image, none, other sizes, damaged ones."""
    from PIL import Image

    root = tmp_path_factory.mktemp("sets")
    images = load_images("fashion_mnist/heldout")
    files = [png(image) for image in images[:300]]
    large = [encode(Image.fromarray(image[:, :, 0]).resize((32, 32))) for image in images[:300]]
    colour = [png(np.repeat(image, 3, axis=2)) for image in images[100:250]]

    def named(data: list[bytes]) -> dict[str, bytes]:
        return {f"{i}.png": one for i, one in enumerate(data)}

    write_folder(root / "real", named(files[:100]))
    write_folder(root / "fake", named(files[100:250]))
    write_folder(root / "again", {f"x/{name}": data for name, data in named(files[:100][::-1]).items()})
    write_folder(root / "colour", named(colour))
    write_tar(root / "fake.tar", named(files[100:250]))
    np.savez(root / "fake.npz", images[100:250])
    write_folder(root / "one", named(files[:1]))
    write_folder(root / "few", named(files[100:120]))
    write_folder(root / "large", named(large[:5]))
    write_folder(root / "mixed", named([*files[100:150], *large[:5]]))
    floats = Image.fromarray(np.zeros((28, 28), np.float32))
    bad = {"zero.png": b"", "cut.png": files[0][:99], "f.tif": encode(floats, "TIFF"), "a.txt": b""}
    write_folder(root / "bad", {**named(files[100:250]), **bad})
    write_folder(root / "ruined", {"zero.png": b"", "cut.png": files[0][:99]})
    (root / "empty").mkdir()
    return root


@pytest.fixture(autouse=True)
def _there(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)


def call(capsys: Capture, real: str, fake: str, *more: str) -> tuple[int, str, str]:
    capsys.readouterr()
    metrics = more if "--metric" in more else ("--metric", *METRICS, *more)
    code = main(["score", "--real", real, "--fake", fake, *metrics])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def record(capsys: Capture, real: str, fake: str, *more: str) -> dict[str, Any]:
    code, out, _ = call(capsys, real, fake, *more, "--json")
    assert code == 0
    found: dict[str, Any] = json.loads(out)
    return found


def values(found: dict[str, Any]) -> dict[str, float]:
    return {score["metric"]: score["value"] for score in found["scores"]}


def test_what_is_printed(capsys: Capture) -> None:
    code, out, err = call(capsys, "real", "bad")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == "real: real: 100 images of 28 x 28 x 1"
    assert lines[1] == (
        "fake: bad: 150 images of 28 x 28 x 1; 3 left out: 1 x damaged or cut off, 1 x empty file, 1 x floating-point "
        "pixels; 1 other files passed over"
    )
    assert lines[2].startswith("frechet_distance  ")
    assert lines[2].endswith("]  (n = 150; lower is better)")
    assert lines[3].strip().startswith("of as many real images: about ")
    assert "extractor:fashion_convnet:" in lines[4]
    assert "|m:100|" in lines[4]
    assert lines[-2:] == ["", "[low, high] is a 95 % interval."]
    assert [line.split()[0] for line in lines[:-2] if not line.startswith(" ")] == ["real:", "fake:", *METRICS]
    assert record(capsys, "real", "bad")["fake"]["excluded"] == {
        "damaged or cut off": 1, "empty file": 1, "floating-point pixels": 1
    }  # fmt: skip


def test_the_numbers_do_not_depend_on_what_holds_the_images(capsys: Capture) -> None:
    found = [record(capsys, "real", fake) for fake in ("fake", "fake.tar", "fake.npz", "bad")]
    assert all(values(one) == values(found[0]) for one in found)
    assert len({one["fake"]["sha256"] for one in found}) == 1
    assert values(record(capsys, "real", "colour")) == values(found[0])  # grey saved as colour is grey
    assert record(capsys, "real", "fake", "--extractor", "fashion_convnet") == found[0]
    renamed = record(capsys, "again", "fake")["scores"]  # whatever files are called, which is the order of sums
    assert [one["signature"] for one in renamed] == [one["signature"] for one in found[0]["scores"]]
    assert [one["value"] for one in renamed] == pytest.approx([one["value"] for one in found[0]["scores"]], rel=1e-9)


def test_neither_names_nor_order_change_a_score_or_an_interval(capsys: Capture, tmp_path: Path) -> None:
    images = load_images("fashion_mnist/heldout")[100:250]
    order = np.random.default_rng(0).permutation(len(images))
    np.save(tmp_path / "shuffled.npy", images[order])
    write_folder(tmp_path / "renamed", {f"{1000 - i}.png": png(image) for i, image in enumerate(images)})
    names = ("frechet_distance", "kid", "precision", "coverage", "vendi", "data_copying")
    expected = record(capsys, "real", "fake", "--metric", *names)["scores"]
    assert all(score["interval"] is not None for score in expected)
    for other in ("shuffled.npy", "renamed"):
        found = record(capsys, "real", str(tmp_path / other), "--metric", *names)["scores"]
        for one, same in zip(found, expected, strict=True):
            assert (one["value"], one["interval"], one["signature"]) == (
                same["value"], same["interval"], same["signature"]
            ), one["metric"]  # fmt: skip


def test_images_beside_their_own(capsys: Capture, tmp_path: Path) -> None:
    images = load_images("fashion_mnist/heldout")
    write_folder(tmp_path / "targets", {f"{i}.png": png(images[i]) for i in range(6)})
    write_folder(tmp_path / "outputs", {f"{i}.bmp": png(images[i + 10]) for i in range(4)})
    targets, outputs = str(tmp_path / "targets"), str(tmp_path / "outputs")
    found = record(capsys, targets, outputs, "--metric", "psnr")["scores"][0]
    assert found["n"] == 4
    assert found["notes"] == ["2 of the real images have no generated one of their name, and count for nothing"]
    (tmp_path / "outputs" / "0.png").write_bytes(png(images[30]))
    code, out, err = call(capsys, targets, outputs, "--metric", "psnr")
    assert (code, out) == (2, "")
    assert "psnr: 0.bmp and 0.png have one reference image, 0 of " in err


def test_the_distance_is_that_of_the_features(capsys: Capture) -> None:
    images = load_images("fashion_mnist/heldout")
    real, fake = (open_extractor("fashion_convnet").features(list(part)) for part in (images[:100], images[100:250]))
    real, fake = real.astype(np.float64), fake.astype(np.float64)
    # |m1 - m2|^2 + tr(S1) + tr(S2) - 2 tr((S1 S2)^(1/2)), the last by the eigenvalues of the product.
    covariances = np.cov(real.T), np.cov(fake.T)
    roots = np.sqrt(np.clip(np.linalg.eigvals(covariances[0] @ covariances[1]).real, 0, None)).sum()
    expected = ((real.mean(0) - fake.mean(0)) ** 2).sum() + np.trace(sum(covariances)) - 2 * roots
    assert values(record(capsys, "real", "fake"))["frechet_distance"] == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("fake", ["real", "again"])
def test_the_same_images_twice(capsys: Capture, fake: str) -> None:
    code, _, err = call(capsys, "real", fake)
    assert code == 0
    assert "--real and --fake hold the same images" in err
    found = values(record(capsys, "real", fake))
    assert found["frechet_distance"] == pytest.approx(0.0, abs=1e-6)
    assert (found["precision"], found["recall"]) == (1.0, 1.0)


def converted(images: Any) -> dict[str, bytes]:
    """The same pixels as files that have to be converted, of each kind."""
    from PIL import Image

    made: dict[str, bytes] = {}
    for i, image in enumerate(images):
        grey = image[:, :, 0]
        if i % 3 == 0:
            made[f"{i}.png"] = raw_png(image.astype(np.uint16) * 257)
        elif i % 3 == 1:
            hidden = np.where(image == 255, np.uint8(7), image)  # white: any colour that is hidden
            made[f"{i}.png"] = encode(
                Image.fromarray(np.dstack([hidden, np.where(image == 255, 0, 255)]).astype(np.uint8))
            )
        else:
            made[f"{i}.tif"] = raw_tiff(grey[::-1, :, None].astype(np.uint16) * 257, orientation=4)
    return made


def test_conversions_are_counted_and_told(capsys: Capture, folder: Path, tmp_path: Path) -> None:
    images = load_images("fashion_mnist/heldout")[100:250]
    write_folder(tmp_path / "x", converted(images))
    expected = record(capsys, "real", "fake")
    found = record(capsys, "real", str(tmp_path / "x"))
    assert values(found) == values(expected)
    assert found["fake"]["sha256"] == expected["fake"]["sha256"]
    counts = found["fake"]["conversions"]
    assert (counts["16-bit to 8-bit"], counts["EXIF orientation applied"]) == (100, 50)
    assert counts.get("alpha over white", 0) + counts["opaque alpha dropped"] == 50
    assert found["fake"]["decoder"].endswith("; conversion rule 1")
    assert expected["fake"]["conversions"] == {}
    told = "converted by rule 1: 100 x 16-bit to 8-bit, 50 x EXIF orientation applied"
    for score in found["scores"]:
        assert score["notes"][-1].startswith(f"generated images: {told}")
    assert all("converted" not in note for score in expected["scores"] for note in score["notes"])
    assert {warning["code"] for warning in found["warnings"]} == {"converted_on_one_side"}
    code, out, err = call(capsys, "real", str(tmp_path / "x"))
    assert code == 0
    assert f"; {told}" in out.splitlines()[1]
    assert "evalsuite: warning: 16-bit to 8-bit: 0 of --real's 100 images and 100 of --fake's 150\n" in err
    reversed_ = record(capsys, str(tmp_path / "x"), "real", "--metric", "frechet_distance")["scores"][0]
    assert reversed_["notes"] == [
        f"reference set: {told}" + reversed_["notes"][0].removeprefix(f"reference set: {told}")
    ]


def test_what_the_audit_warns_of_stands_before_the_scores(capsys: Capture, tmp_path: Path) -> None:
    from PIL import Image

    images = load_images("fashion_mnist/heldout")
    jpegs = {f"{i}.jpg": encode(Image.fromarray(image[:, :, 0]), "JPEG") for i, image in enumerate(images[300:340])}
    write_folder(tmp_path / "x", {**jpegs, "same.png": png(images[0]), "again.png": png(images[0])})
    code, _, err = call(capsys, "real", str(tmp_path / "x"))
    assert code == 0
    assert [line.split(":")[2] for line in err.splitlines()] == [
        " in --real, too, pixel for pixel", " JPEG", " copies within a set"
    ]  # fmt: skip
    found = record(capsys, "real", str(tmp_path / "x"))["warnings"]
    assert [warning["code"] for warning in found] == ["shared", "jpeg_on_one_side", "duplicates"]


def test_real_and_fake_swapped(capsys: Capture) -> None:
    assert "--fake is fashion_mnist/test, which are real images: were" in call(capsys, "fake", "fashion_mnist/test")[2]
    np.savez("statistics.npz", mu=np.zeros(64), sigma=np.eye(64))
    code, _, err = call(capsys, "fake", "statistics.npz")
    assert code == 2
    assert (
        "--fake statistics.npz: holds statistics; the images themselves are needed, or were --real and --fake sw" in err
    )


def test_a_data_sets_own_images_are_noticed(capsys: Capture, tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", load_images("fashion_mnist/heldout"))
    _, _, err = call(capsys, "fashion_mnist/heldout", str(tmp_path / "x.npy"), "--metric", "frechet_distance")
    assert err.splitlines()[0].startswith("evalsuite: --real and --fake hold the same images")


def test_images_given_in_python_have_the_scores_of_files(capsys: Capture) -> None:
    import torch

    from evalsuite.scoring.image_sets import score_image_sets

    images = load_images("fashion_mnist/heldout")
    expected = record(capsys, "real", "fake.tar")
    real, fake = torch.from_numpy(images[:100].copy()).permute(0, 3, 1, 2), images[100:250]
    batches = torch.utils.data.DataLoader(
        torch.utils.data.TensorDataset(torch.from_numpy(fake / 255).permute(0, 3, 1, 2)), 64
    )
    for given in (fake, batches, "fake"):
        found = score_image_sets(real, given, METRICS)
        assert {score.metric: score.value for score in found.scores} == values(expected)
        assert [score.signature for score in found.scores] == [score["signature"] for score in expected["scores"]]
        assert (found.real.name, found.real.n, found.fake.sha256) == ("real", 100, expected["fake"]["sha256"])
        is_float = given is batches
        assert found.fake.conversions == ({"float in [0, 1] to 8-bit": 150} if is_float else {})
    with pytest.raises(ValueError, match=r"^`fake\[0\]` holds NaN"):
        score_image_sets(real, np.full((4, 28, 28), np.nan), METRICS)
    with pytest.raises(InputError, match=r'^--fake fake: has 1 image, metric "frechet_distance" takes at least 2'):
        score_image_sets(real, fake[:1], METRICS)


def test_shards_and_arrays_have_the_scores_of_a_folder(capsys: Capture, tmp_path: Path) -> None:
    images = load_images("fashion_mnist/heldout")[100:250]
    for i in range(3):
        part = images[50 * i : 50 * i + 50]
        write_tar(tmp_path / f"{i}.tar", {f"{i:03}{k:03}.png": png(image) for k, image in enumerate(part)})
    np.save(tmp_path / "x.npy", images)
    expected = values(record(capsys, "real", "fake"))
    for given in (tmp_path / "*.tar", tmp_path / "x.npy"):
        assert values(record(capsys, "real", str(given))) == expected
    as_reference = record(capsys, str(tmp_path / "*.tar"), "real")["scores"]
    assert [score["signature"] for score in as_reference] == [
        score["signature"] for score in record(capsys, "fake", "real")["scores"]
    ]


def test_fewer_images_than_features_is_said(capsys: Capture) -> None:
    code, out, _ = call(capsys, "real", "few")
    assert code == 0
    assert "20 generated images are not more than 64 features" in out
    assert (
        values(record(capsys, "real", "few"))["frechet_distance"]
        > values(record(capsys, "real", "fake"))["frechet_distance"]
    )


def test_images_of_another_size_have_no_value_and_are_counted(capsys: Capture) -> None:
    code, out, _ = call(capsys, "real", "mixed", "--metric", "frechet_distance")
    assert code == 0
    assert "fake: mixed: 55 images (50 of 28 x 28 x 1, 5 of 32 x 32 x 1)" in out
    assert "(n = 55, 5 without a value; lower is better)" in out


def test_a_data_set_by_name(capsys: Capture) -> None:
    found = record(capsys, "fashion_mnist/test", "fake", "--metric", "frechet_distance")
    assert found["real"]["n"] == 10_000
    assert "reference:fashion_mnist/test:" in found["scores"][0]["signature"]


@pytest.mark.parametrize(
    ("real", "fake", "more", "message"),
    [
        ("real", "none", (), '--fake: there is no "none". Give a folder, tar, npz, npy or parquet of'),
        ("fashion_mnist/tests", "fake", (), 'there is no "fashion_mnist/tests"; did you mean "fashion_mnist/test"?'),
        ("real", "empty", (), "empty: there is no image in it"),
        ("empty", "fake", (), "empty: there is no image in it"),
        ("real", "ruined", (), "none of its 2 images can be scored: 1 x damaged or cut off; 1 x empty file"),
        ("real", "one", (), '--fake one: has 1 image, metric "frechet_distance" takes at least 2'),
        ("one", "fake", (), '--real one: has 1 image, metric "frechet_distance" takes at least 2'),
        (
            "real",
            "one",
            ("--metric", "precision", "kid"),
            '--fake one: has 1 image, metric "precision" takes at least 4, metric "kid" takes at least 2',
        ),
        ("real", "large", (), "--fake large: image 0: expected shape (28, 28, 1), found (32, 32, 1)"),
        ("mixed", "fake", (), '--real mixed: reference set "mixed": image'),
        ("real", "fake", ("--extractor", "fashion_convent"), '"fashion_convent"; did you mean "fashion_convnet"?'),
        ("real", "fake", ("--metric", "kidd"), 'unknown metric "kidd"; did you mean "kid"?'),
        ("real", "fake", ("--metric", "geneval"), '"geneval" takes what a detector found in the images'),
        ("real", "fake", ("--metric", "dpg_bench"), "--answers FILE --metric dpg_bench"),
        ("real", "fake", ("--metric", "clip_score"), "it reads more of a task's samples than images"),
        ("real", "fake", ("--metric", "bleu"), '"bleu" does not score sets of images; these do: authenticity, cmmd'),
        ("real", "fake", ("--metric", "fid", "--extractor", "fashion_convnet"), '"fid" has no option "extractor"'),
    ],
)  # fmt: skip
def test_mistakes_are_explained(capsys: Capture, real: str, fake: str, more: tuple[str, ...], message: str) -> None:
    code, out, err = call(capsys, real, fake, *more)
    assert (code, out) == (2, "")
    *warnings, last = err.splitlines()
    assert message in last
    assert all(line.startswith("evalsuite: warning: ") for line in warnings)


def test_missing_weights_are_not_blamed_on_a_set(
    capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from evalsuite.extractors import inception_weights

    def refuse(*_: object, **__: object) -> None:
        raise OSError("no network")

    monkeypatch.delenv(inception_weights.VARIABLE, raising=False)
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr(inception_weights, "urlopen", refuse)
    open_extractor.cache_clear()  # another test may have had weights
    code, out, err = call(capsys, "real", "fake", "--metric", "fid")
    assert (code, out) == (2, "")
    assert err.startswith("evalsuite: error: inception_fid: its weights are not at ")


class Protocols(PatchMeans):
    """Features that depend on the protocol: the later in the alphabet, the larger."""

    def __init__(self, protocol: str = "pytorch-fid") -> None:
        super().__init__(None if protocol == "pytorch-fid" else protocol)
        self._scale = 1 + sorted(["pytorch-fid", "torch-fidelity", "clean", "torchmetrics"]).index(protocol) / 10

    def features(self, images: Any) -> Any:
        return self._scale * super().features(images)


@pytest.fixture
def _protocols(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("inception_fid", "inception_logits"):
        monkeypatch.setitem(EXTRACTORS._added, name, (Protocols, ""))
    open_extractor.cache_clear()
    yield
    open_extractor.cache_clear()


@pytest.mark.usefixtures("_protocols")
def test_how_far_the_protocol_moves_the_score(capsys: Capture) -> None:
    metrics = ("--metric", "fid", "kid", "inception_score")
    code, out, err = call(capsys, "real", "fake", *metrics, "--protocol", "all")
    assert (code, err) == (0, "")
    lines = out.splitlines()[2:]
    assert lines[0].split() == ["metric", "protocol", "score", "difference"]
    names = [line.split()[:2] for line in lines[1:13]]
    protocols = ["pytorch-fid", "torch-fidelity", "clean", "torchmetrics"]
    assert names == [[metric, name] for metric in ("fid", "kid", "inception_score") for name in protocols]
    differences = [line.split()[-1] for line in lines[1:5]]
    assert differences[0].endswith("]")
    assert [one[0] for one in differences[1:]] == ["+", "-", "+"]
    assert "The images are the same: a difference from pytorch-fid is the protocol's alone." in out
    assert "fid|extractor:inception_fid:6726825d0000|reference:" in out
    assert "fid|extractor:inception_fid@clean:6726825d0000|reference:" in out

    found = record(capsys, "real", "fake", *metrics, "--protocol", "all")["scores"]
    assert [[score["metric"], score["protocol"]] for score in found] == names
    plain, _, clean, _ = (score["value"] for score in found[:4])
    assert clean == pytest.approx(plain / 1.1**2, rel=1e-6)
    (alone,) = record(capsys, "real", "fake", "--metric", "fid", "--protocol", "clean")["scores"]
    assert (alone["value"], alone["signature"]) == (clean, found[2]["signature"])
    assert values(record(capsys, "real", "fake", "--metric", "fid"))["fid"] == plain


@pytest.mark.usefixtures("_protocols")
def test_an_image_is_read_once_for_all_protocols(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    source = type(read_image_set("real").images[0])
    read: list[Any] = []
    pixels = source.pixels
    monkeypatch.setattr(source, "pixels", lambda self: read.append(self) or pixels(self))
    metrics = ("--metric", "fid", "kid", "vendi", "--protocol", "all")
    assert call(capsys, "colour", "fake", *metrics)[0] == 0
    assert len(read) == 150 + 150


@pytest.mark.usefixtures("_protocols")
@pytest.mark.parametrize(
    ("more", "message"),
    [
        (("--protocol", "clen"), '--protocol: unknown protocol "clen"; did you mean "clean"? Known: pytorch-fid, t'),
        (("--protocol", "clean", "--extractor", "fashion_convnet"), '--extractor must be inception_fid or inception'),
        (("--protocol", "all", "--extractor", "inception_fid@clean"), 'it, or left out, got "inception_fid@clean"'),
        (("--extractor", "inception_fid@clen"), '--extractor: extractor "inception_fid": unknown protocol "clen"; did'),
    ],
)  # fmt: skip
def test_wrong_protocols_are_explained(capsys: Capture, more: tuple[str, ...], message: str) -> None:
    code, out, err = call(capsys, "real", "fake", "--metric", "kid", *more)
    assert (code, out) == (2, "")
    assert message in err


def test_protocols_are_for_sets_of_images(capsys: Capture) -> None:
    assert main(["score", "run.jsonl", "--protocol", "clean"]) == 2
    assert "--protocol is for --real and --fake" in capsys.readouterr().err
