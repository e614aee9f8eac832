"""``score`` and ``stats`` of images: what a precision does is measured; the same bits however they are computed."""

from __future__ import annotations

import io
import json
import re
import shutil
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch

from evalsuite.cli import main
from evalsuite.cli.progress import ImageProgress
from evalsuite.datasets import load_images
from evalsuite.distances import frechet_distance
from evalsuite.extractors import EXTRACTORS
from evalsuite.extractors.inception_weights import VARIABLE
from evalsuite.extractors.opening import open_extractor
from evalsuite.extractors.settings import FeatureSettings, use_settings
from evalsuite.feature_stats import read_statistics
from evalsuite.media import read_image_set
from evalsuite.scoring import precision_gate
from evalsuite.scoring.precision_gate import choose_by_hash
from tests.media.images import png, write_folder
from tests.reference.extractors import PatchMeans, random_inception

if TYPE_CHECKING:
    from pathlib import Path

Capture = pytest.CaptureFixture[str]
BF16 = ("--precision", "bf16")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("sets")
    files = [png(image) for image in load_images("fashion_mnist/heldout")[:700]]
    real = {f"{i}.png": data for i, data in enumerate(files[:300])}
    write_folder(root / "real", real)
    write_folder(root / "fake", {f"{i}.png": data for i, data in enumerate(files[300:])})
    write_folder(root / "shuffled", dict(sorted(real.items(), key=lambda item: item[1])))
    write_folder(root / "few", {f"{i}.png": data for i, data in enumerate(files[:3])})
    draw = np.random.default_rng(0)
    for name in ("real", "fake"):
        shapes = ((28, 28, 1), (40, 64, 3), (299, 299, 3), (7, 310, 3))
        noise = [draw.integers(0, 256, shapes[i % 4], dtype=np.uint8) for i in range(5)]
        write_folder(root / f"photos_{name}", {f"{i}.png": png(image) for i, image in enumerate(noise)})
    torch.save(random_inception(6), root / "weights.pth")
    return root


@pytest.fixture(autouse=True)
def _there(folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.setenv(VARIABLE, str(folder / "weights.pth"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def call(capsys: Capture, *arguments: str) -> tuple[int, str, str]:
    capsys.readouterr()
    code = main(list(arguments))
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def score(capsys: Capture, *more: str) -> tuple[int, str, str]:
    metrics = () if "--metric" in more else ("--metric", "frechet_distance")
    return call(capsys, "score", "--real", "real", "--fake", "fake", *metrics, *more)


def record(capsys: Capture, *more: str) -> dict[str, Any]:
    code, out, err = score(capsys, *more, "--json")
    assert code == 0, err
    found: dict[str, Any] = json.loads(out)
    return found


def chosen_features(name: str, precision: str, n: int = 512) -> Any:
    images = read_image_set(name).images
    with use_settings(FeatureSettings(precision=precision)):
        return open_extractor("fashion_convnet").features([images[i].pixels() for i in choose_by_hash(images, n)])


def test_what_a_precision_does_is_measured_on_the_users_images(capsys: Capture) -> None:
    plain, low = record(capsys), record(capsys, *BF16)
    (check,) = low["precision"]
    assert "precision" not in plain
    assert low["scores"][0]["signature"] != plain["scores"][0]["signature"]
    assert ":bf16|" in low["scores"][0]["signature"]
    assert plain["scores"][0]["value"] != low["scores"][0]["value"]
    # Both sets have fewer images than are chosen of them: the measurement is that of the score.
    assert (check["n_real"], check["n_fake"], check["precision"]) == (300, 400, "bf16")
    assert check["distance_float32"] == pytest.approx(plain["scores"][0]["value"], rel=1e-9)
    assert check["distance"] == pytest.approx(low["scores"][0]["value"], rel=1e-9)
    assert check["difference"] == check["distance"] - check["distance_float32"] != 0
    interval = low["scores"][0]["interval"]
    assert check["half_width"] == pytest.approx(interval["high"] - low["scores"][0]["value"])
    assert check["share_of_half_width"] == pytest.approx(abs(check["difference"]) / check["half_width"])
    assert check["is_small"]
    exact = [chosen_features(name, "float32").astype(float) for name in ("real", "fake")]
    rounded = [chosen_features(name, "bf16").astype(float) for name in ("real", "fake")]
    wrong = sum(((a - b) ** 2).sum() for a, b in zip(exact, rounded, strict=True)) / sum((a**2).sum() for a in exact)
    assert check["feature_error"] == pytest.approx(np.sqrt(wrong), rel=1e-6)
    assert 1e-4 < check["feature_error"] < 3e-2


def test_a_part_of_the_images_is_chosen_by_their_hashes(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precision_gate, "SUBSET", 100)
    (check,) = record(capsys, *BF16)["precision"]
    assert (check["n_real"], check["n_fake"]) == (100, 100)
    expected = frechet_distance(*(chosen_features(name, "bf16", 100) for name in ("fake", "real")))
    assert check["distance"] == pytest.approx(expected, rel=1e-9)
    first, again = (read_image_set(name) for name in ("real", "shuffled"))
    assert [first.images[i].sha256 for i in choose_by_hash(first.images, 100)] == [
        again.images[i].sha256 for i in choose_by_hash(again.images, 100)
    ]


def test_it_is_printed_beside_the_score(capsys: Capture) -> None:
    code, out, err = score(capsys, *BF16)
    assert (code, err) == (0, "")
    last = out.splitlines()[-1]
    assert re.fullmatch(
        r"bf16: Fréchet distance of 400 images from 300: \S+, in float32 \S+ \([+-]\S+, \S+% of the half-width of the "
        r"interval\); features by fashion_convnet:\w{12}:bf16 differ by 0\.00\d+ of their size",
        last,
    )


def test_one_that_moves_the_score_is_refused_with_the_figures(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precision_gate, "LARGEST_SHARE", 1e-9)
    code, out, err = score(capsys, *BF16)
    assert (code, out) == (5, "")
    assert "precision bf16 moves the Fréchet distance between 400 and 300 of your images by " in err
    assert "of the half-width " in err
    assert err.endswith("Score by float32, or say --accept-precision\n")
    code, out, err = score(capsys, *BF16, "--accept-precision")
    assert (code, err) == (0, "")
    assert "accepted because you said so" in out.splitlines()[-1]
    assert not record(capsys, *BF16, "--accept-precision")["precision"][0]["is_small"]


def test_other_metrics_are_judged_by_the_distance_too(capsys: Capture) -> None:
    expected = record(capsys, *BF16)["precision"]
    assert record(capsys, *BF16, "--metric", "kid", "precision")["precision"] == expected
    # A classifier's scores are made of the features that are measured.
    several = record(capsys, *BF16, "--metric", "kid", "inception_score", "frechet_distance")
    assert several["precision"] == expected
    assert [one["metric"] for one in several["scores"]] == ["kid", "inception_score", "frechet_distance"]


def test_against_statistics(capsys: Capture, folder: Path) -> None:
    assert call(capsys, "stats", "real", "-o", "real.npz", "--quiet")[0] == 0
    told = ("--assume-protocol", "fashion_convnet")
    arguments = ("score", "--real", "real.npz", "--fake", "fake", "--metric", "frechet_distance", *BF16)
    code, out, err = call(capsys, *arguments)
    assert (code, out) == (2, "")
    assert "cannot be compared: the statistics were made by fashion_convnet:" in err
    code, out, err = call(capsys, *arguments, *told, "--json")
    assert code == 0, err
    (check,) = json.loads(out)["precision"]
    assert (check["n_real"], check["n_fake"]) == (0, 400)


def test_statistics_in_a_precision(capsys: Capture, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code, out, err = call(capsys, "stats", "real", "-o", "low.npz", *BF16)
    assert code == 0, err
    assert "bf16: Fréchet distance of 150 images from 150: " in out
    assert read_statistics(folder / "low.npz", dimension=64).extractor == (
        open_extractor("fashion_convnet").signature + ":bf16"
    )
    code, out, err = call(capsys, "stats", "few", "-o", "few.npz", *BF16)
    assert (code, out) == (5, "")
    assert "few: has too few images to measure what the precision does" in err
    assert not (folder / "few.npz").exists()
    monkeypatch.setattr(precision_gate, "LARGEST_SHARE", 1e-9)
    assert call(capsys, "stats", "real", "-o", "no.npz", *BF16)[0] == 5
    assert not (folder / "no.npz").exists()
    assert call(capsys, "stats", "real", "-o", "yes.npz", *BF16, "--accept-precision")[0] == 0


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (("--precision", "tf23"), 'score: unknown precision "tf23"; did you mean "tf32"?'),
        (("--precision", "tf32"), "fashion_convnet: computes on the CPU, in float32 or bf16, not in tf32"),
        (("--accept-precision",), "score: --accept-precision is for --precision tf32 and bf16"),
        (("--workers", "-1"), "score: workers: expected 0 to 256, found -1"),
        (("--batch-size", "0"), "score: batch size: expected 1 to 4096, found 0"),
        (("--device", "cpu,"), 'score: --device: expected cpu, cuda, or cuda:0,cuda:1 and so on, got "cpu,"'),
        (("--cache", "weights.pth"), "score: --cache: expected a folder, weights.pth is none"),
        (("--device", "tpu", "--extractor", "inception_fid"), 'features: cannot compute on the device "tpu"'),
    ],
)  # fmt: skip
def test_mistakes_are_explained(capsys: Capture, more: tuple[str, ...], message: str) -> None:
    code, out, err = score(capsys, *more)
    assert (code, out) == (2, "")
    assert message in err


@pytest.mark.parametrize("option", [("--device", "cpu"), ("--no-cache",), BF16, ("--workers", "1")])
def test_they_are_for_images(capsys: Capture, option: tuple[str, ...]) -> None:
    code, _, err = call(capsys, "score", "--hyp", "a", "--ref", "b", "--metric", "bleu", *option)
    assert (code, f"score: {option[0]} is for --real and --fake" in err) == (2, True)


def test_an_extractor_without_the_precision(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(EXTRACTORS._added, "inception_fid", (PatchMeans, ""))
    open_extractor.cache_clear()
    code, _, err = score(capsys, *BF16, "--extractor", "inception_fid")
    open_extractor.cache_clear()
    assert code == 2
    assert 'extractor "inception_fid" computes in float32 only; precision bf16 is for ' in err


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_in_images_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    from evalsuite.cli import progress

    terminal = Terminal()
    with ImageProgress(stream=terminal) as shown:
        for done, total in ((10, 40), (40, 40), (5, 20), (20, 20)):
            shown.update(done, total)
    text = terminal.getvalue()
    assert "images/s" in text
    assert "40/40" in text
    assert "20/20" in text
    monkeypatch.setattr(progress, "_SECONDS", 0.0)
    pipe = io.StringIO()
    with ImageProgress(stream=pipe) as shown:
        shown.update(10, 40)
        shown.update(5, 20)
    assert re.fullmatch(r"features: 10/40, [\d,.]+ images/s\nfeatures: 5/20, [\d,.]+ images/s\n", pipe.getvalue())
    silent = io.StringIO()
    with ImageProgress(stream=silent, quiet=True) as shown:
        shown.update(10, 40)
    assert silent.getvalue() == ""


@pytest.mark.parametrize("more", [("--workers", "1"), ("--workers", "4"), ("--device", "cpu", "--no-cache")])
def test_threads_and_the_order_of_files_change_no_bit(capsys: Capture, more: tuple[str, ...]) -> None:
    metrics = ("--metric", "frechet_distance", "kid", "precision", "inception_score")
    expected = record(capsys, *metrics)
    found = record(capsys, *metrics, *more)
    assert found == expected
    capsys.readouterr()
    assert main(["score", "--real", "shuffled", "--fake", "fake", *metrics, *more, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["scores"] == expected["scores"]


PHOTOS = ("score", "--real", "photos_real", "--fake", "photos_fake", "--metric", "frechet_distance", "kid",
          "--extractor", "inception_fid", "--batch-size", "2", "--json")  # fmt: skip
# Announces each batch before it is computed; what was computed is written at once.
CHILD = """
import sys
from evalsuite.cli import main
from evalsuite.extractors import feature_cache
from evalsuite.extractors.inception import InceptionFid
feature_cache._LEAST_SECONDS = 0.0
begin = InceptionFid.begin
def announced(self, prepared, device, batch_size):
    if prepared:
        sys.stderr.write(f"batch of {len(prepared)}\\n")
        sys.stderr.flush()
    return begin(self, prepared, device, batch_size)
InceptionFid.begin = announced
sys.exit(main(sys.argv[1:]))
"""


def child(*arguments: str, kill_at: int | None = None) -> tuple[int, str, int]:
    """Run a process, kill it at its n-th batch, and return its code, output and how many images it computed."""
    command = [sys.executable, "-c", CHILD, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert process.stdout is not None
        n_batches = computed = 0
        for line in process.stderr:
            match = re.fullmatch(r"batch of (\d+)\n", line)
            if match is None:
                assert line.startswith("features: "), line
                continue
            computed += int(match.group(1))
            n_batches += 1
            if n_batches == kill_at:
                process.send_signal(signal.SIGKILL)
                break
        out = process.stdout.read()
        process.wait(timeout=120)
        return process.returncode, out, computed


def test_killed_and_run_again_it_continues_with_the_same_bits(tmp_path: Path) -> None:
    code, expected, computed = child(*PHOTOS, "--no-cache")
    assert (code, computed) == (0, 10)
    cache = ("--cache", str(tmp_path / "kept"))
    assert child(*PHOTOS, *cache, kill_at=4)[0] == -signal.SIGKILL
    code, found, computed = child(*PHOTOS, *cache)
    assert (code, found) == (0, expected)
    assert 0 < computed < 10
    # Damage costs the rows that it hits.
    for path in (tmp_path / "kept").glob("*/*.features"):
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
    code, found, computed = child(*PHOTOS, *cache)
    assert (code, found) == (0, expected)
    assert computed > 0


def test_two_processes_at_once_and_other_weights(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = ("--cache", str(tmp_path / "kept"))
    command = [sys.executable, "-c", CHILD, *PHOTOS, *cache]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) for _ in range(2)]
    outputs = [process.communicate(timeout=300)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert outputs[0] == outputs[1]
    other = tmp_path / "other.pth"
    torch.save(random_inception(7), other)
    monkeypatch.setenv(VARIABLE, str(other))
    code, found, computed = child(*PHOTOS, *cache)
    assert (code, computed) == (0, 10)
    assert json.loads(found)["scores"][0]["value"] != json.loads(outputs[0])["scores"][0]["value"]
    # Other weights at the same path are other weights.
    shutil.copy(folder / "weights.pth", other)
    assert child(*PHOTOS, *cache) == (0, outputs[0], 0)


def test_the_cache_is_where_it_is_said_to_be(capsys: Capture, tmp_path: Path) -> None:
    arguments = (*PHOTOS[:5], "--metric", "frechet_distance", *PHOTOS[8:])
    code, first, err = call(capsys, *arguments)
    assert (code, err) == (0, "")
    kept = list((tmp_path / "cache" / "evalsuite" / "features").glob("*/*.features"))
    assert kept
    assert call(capsys, *arguments, "--no-cache")[1] == first
    assert call(capsys, *arguments)[1] == first
    blocked = tmp_path / "blocked"
    blocked.symlink_to("/proc/self/nothing")
    code, again, err = call(capsys, *arguments, "--cache", str(blocked))
    assert (code, again) == (0, first)
    assert "features cannot be kept" in err
    assert str(blocked.readlink()) == "/proc/self/nothing"
