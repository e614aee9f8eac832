"""Metrics of sets of images: values, notes, copies of training images, what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from evalsuite.datasets import load_images, load_training_features
from evalsuite.errors import EvalsuiteError, InputError, TaskError, UsageError
from evalsuite.extractors import EXTRACTORS
from evalsuite.extractors.opening import open_extractor
from evalsuite.metrics import METRICS
from evalsuite.metrics.image_set import ImageSetMetric, example_images
from evalsuite.metrics.memorisation import Memorisation
from evalsuite.metrics.references import OncePerArray, find_reference, reference_features
from evalsuite.scoring import ScoringInput, make_metric, score_all
from evalsuite.task import MetricSpec
from evalsuite.types import Output, Sample, Score
from tests.media.images import png, raw_png, write_folder
from tests.reference import distances as slow
from tests.reference.extractors import PatchMeans

if TYPE_CHECKING:
    from pathlib import Path

SETS = ("frechet_distance", "kid", "precision", "recall", "memorisation")


def score(images: Any, *names: str, outputs: Any = None, **options: Any) -> list[Score]:
    outputs = example_images(images) if outputs is None else outputs
    samples = [Sample(id=str(i), input={}) for i in range(len(outputs))]
    specs = [MetricSpec(name=name, options=options) for name in names]
    data = ScoringInput(task_name="t", samples=samples, outputs=outputs)
    return score_all(data, [(spec, make_metric(spec, "here")) for spec in specs])


def save_images(path: Path, images: Any) -> str:
    np.savez(path, images)
    return str(path)


@pytest.fixture(scope="module")
def heldout() -> Any:
    return load_images("fashion_mnist/heldout")


def test_unseen_real_images(heldout: Any) -> None:
    """The distance is close to 0 and KID's interval holds 0; a hundredth counts as copies."""
    distance, kid, precision, recall, memorisation = score(heldout[:1000], *SETS)
    features = open_extractor("fashion_convnet").features(list(heldout[:1000]))
    reference = reference_features("fashion_convnet", "fashion_mnist/test")
    assert distance.value == pytest.approx(slow.gram_frechet(features.astype(float), reference.astype(float)), rel=1e-6)
    assert distance.value == pytest.approx(0.112, abs=0.01)
    for found in (distance, kid):
        assert found.interval is not None
    assert kid.interval is not None
    assert kid.interval.low < 0 < kid.interval.high
    assert precision.value == pytest.approx(0.892, abs=0.01)
    assert recall.value == pytest.approx(0.886, abs=0.01)
    assert memorisation.interval is not None
    assert memorisation.interval.low < 0.01 < memorisation.interval.high


def test_a_distance_stands_beside_what_real_images_would_have(heldout: Any, tmp_path: Path) -> None:
    """Of 1,000 unseen images the mean over many draws is 0.118 (docs/image-metrics.md)."""
    distance, kid = score(heldout[:1000], "frechet_distance", "kid")
    assert distance.floor == pytest.approx(0.118, abs=0.03)
    assert kid.floor is None
    (fewer,) = score(heldout[:100], "frechet_distance")
    assert fewer.floor is not None
    assert distance.floor is not None
    assert fewer.floor > 5 * distance.floor
    (biased,) = score(heldout[:1000], "cmmd")
    assert biased.floor is not None
    assert biased.value == pytest.approx(biased.floor, rel=0.5)
    (tiny,) = score(heldout[:20], "frechet_distance", reference_set=save_images(tmp_path / "r.npz", heldout[:3]))
    assert tiny.floor is None


def test_precision_and_recall_are_those_of_the_definition(heldout: Any, tmp_path: Path) -> None:
    real, generated = heldout[:120], heldout[200:280]
    precision, recall = score(generated, "precision", "recall", reference_set=save_images(tmp_path / "r.npz", real))
    x, y = (open_extractor("fashion_convnet").features(list(part)).astype(float) for part in (generated, real))
    within = [((part[:, None] - part[None]) ** 2).sum(-1) for part in (x, y)]
    radii = [np.sort(squared, axis=1)[:, 3] for squared in within]  # the first is the member itself
    between = ((x[:, None] - y[None]) ** 2).sum(-1)
    assert precision.value == (between <= radii[1]).any(axis=1).mean()
    assert recall.value == (radii[0] >= between.T).any(axis=1).mean()


def test_copies_of_shipped_training_images_are_found() -> None:
    """Features of training images in full precision: what rounds to the float16 numbers that are shipped."""
    metric = Memorisation()
    stored, _ = load_training_features("fashion_mnist/train", open_extractor("fashion_convnet").signature)
    chosen = stored[:: len(stored) // 500].astype(np.float32)
    step = np.spacing(np.abs(stored[:: len(stored) // 500])).astype(np.float32)
    exact = chosen + step * np.random.default_rng(0).uniform(-0.24, 0.24, chosen.shape).astype(np.float32)
    reference = metric.reference(())
    assert metric.closeness(exact).max() == 0
    assert metric.value(exact, reference) == 1.0
    assert reference is not None
    tenth = np.concatenate([exact[:100], reference[:900]])
    assert metric.value(tenth, reference) == pytest.approx(0.1 + 0.9 * 0.01, abs=0.01)


def test_a_model_that_returns_training_images_is_flagged(heldout: Any, tmp_path: Path) -> None:
    """A model with 600 training images of its own: it draws them, or them a little changed, or images it never saw."""
    training = heldout[:600]
    options = {"training_set": save_images(tmp_path / "training.npz", training)}

    def flagged(images: Any) -> float:
        value = score(images, "memorisation", **options)[0].value
        assert value is not None
        return value

    draw = np.random.default_rng(0)
    drawn = training[draw.integers(0, 600, 300)]
    noisy = np.clip(drawn.astype(int) + draw.integers(-2, 3, drawn.shape), 0, 255).astype(np.uint8)
    assert flagged(drawn) == 1.0
    assert flagged(noisy) > 0.9
    assert flagged(heldout[600:1600]) == pytest.approx(0.01, abs=0.015)
    assert 0.3 < flagged(np.concatenate([drawn[:100], heldout[700:900]])) < 0.4
    assert flagged(draw.integers(0, 256, (100, 28, 28, 1), dtype=np.uint8)) == 0.0


def test_the_level_is_what_the_reference_images_read() -> None:
    reference = Memorisation().reference(())
    assert reference is not None
    for level in (0.01, 0.0001):
        assert Memorisation(level=level).value(reference, reference) == level


def test_an_interval_is_not_even_about_its_value_near_the_reference(heldout: Any) -> None:
    """Real images: no KID below that of the reference's own distribution is left, and far higher ones are."""
    distance, kid = score(heldout[:1000], "frechet_distance", "kid")
    for found in (distance, kid):
        assert found.value is not None
        assert found.interval is not None
        assert found.interval.low <= found.value <= found.interval.high
        assert found.value - found.interval.low < 0.7 * (found.interval.high - found.value)


def test_a_training_image_that_is_there_twice(heldout: Any, tmp_path: Path) -> None:
    path = save_images(tmp_path / "t.npz", np.concatenate([heldout[:50], heldout[:1]]))
    metric = Memorisation(training_set=path)
    vectors = open_extractor("fashion_convnet").features(list(heldout[:60]))
    closeness = metric.closeness(vectors)
    assert (closeness[:50] == 0).all()
    assert (closeness[50:] > 0).all()


def test_too_few_images_have_no_value_and_a_note_says_so(heldout: Any) -> None:
    for found in score(heldout[:1], "frechet_distance", "kid", "precision", "recall"):
        assert (found.value, found.interval) == (None, None)
        least = 4 if found.metric in ("precision", "recall") else 2
        assert found.notes[0] == f"no value: it takes at least {least} images, and 1 can be scored"
    assert score(heldout[:2], "frechet_distance")[0].value is not None


def test_fewer_images_than_features_are_noted(heldout: Any, tmp_path: Path) -> None:
    (few,) = score(heldout[:64], "frechet_distance")
    assert few.notes == (
        "64 generated images are not more than 64 features: the distance is exact, but far above that of larger sets",
    )
    (both,) = score(heldout[:30], "frechet_distance", reference_set=save_images(tmp_path / "r.npz", heldout[100:140]))
    assert both.notes[0].startswith("30 generated images are not more than 64 features and 40 reference images are not")
    assert both.interval is not None
    assert score(heldout[:65], "frechet_distance")[0].notes == ()


def test_what_was_left_out_of_a_reference_set_is_noted(heldout: Any, tmp_path: Path) -> None:
    from PIL import Image

    for i in range(5):
        Image.fromarray(heldout[i, :, :, 0]).save(tmp_path / f"{i}.png")
    (tmp_path / "broken.png").write_bytes(b"")
    (found,) = score(heldout[:80], "kid", reference_set=str(tmp_path))
    assert any(note.startswith("reference set: 1 images left out (1 x ") for note in found.notes)
    assert "|m:5|" in found.signature


def test_the_same_folder_twice_is_at_no_distance(heldout: Any, tmp_path: Path) -> None:
    path = save_images(tmp_path / "r.npz", heldout[:200])
    distance, precision, recall = score(heldout[:200], "frechet_distance", "precision", "recall", reference_set=path)
    assert 0 <= (distance.value or 0) < 1e-9
    assert (precision.value, recall.value) == (1.0, 1.0)


def test_repeats_are_further_images_and_their_samples_are_clusters(heldout: Any) -> None:
    one_each = score(heldout[:200], "frechet_distance", "kid")
    outputs = [(Output(image=heldout[2 * i]), Output(image=heldout[2 * i + 1], repeat=1)) for i in range(100)]
    two_each = score(None, "frechet_distance", "kid", outputs=outputs)
    for one, two in zip(one_each, two_each, strict=True):
        assert one.value == pytest.approx(two.value, rel=1e-9)
        assert one.signature == two.signature
        assert one.signature.endswith("|n:200")
    for one, two in zip(one_each, two_each, strict=True):
        assert one.interval is not None
        assert two.interval is not None
        assert one.interval.method == "inverted tests of a squared length"
        assert two.interval.method == "delete-block jackknife, 50 blocks"


def test_metrics_of_one_extractor_share_features(heldout: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    extractor = open_extractor("fashion_convnet")
    compute = type(extractor).features
    score(heldout[:50], *SETS)
    monkeypatch.setattr(
        type(extractor), "features", lambda self, images: calls.append(len(images)) or compute(self, images)
    )
    score(heldout[:50], *SETS)
    assert [n for n in calls if n] == [50]


def test_one_image_of_a_wrong_size_is_an_error_and_all_are_a_message(heldout: Any) -> None:
    wrong = np.zeros((32, 32, 1), dtype=np.uint8)
    (found,) = score([*heldout[:20], wrong], "kid")
    assert (found.n, found.n_unscored, found.outcomes) == (21, 1, {"scored": 20, "error": 1})
    with pytest.raises(InputError, match=r"expected shape \(28, 28, 1\), found \(32, 32, 1\)"):
        score([wrong] * 5, "kid")


@pytest.mark.parametrize("name", ["fid", "frechet_distance"])
def test_without_inceptions_weights_the_path_is_named(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("EVALSUITE_INCEPTION_WEIGHTS", str(tmp_path / "gone.pth"))
    open_extractor.cache_clear()
    metric = METRICS.get(name)(**({} if name == "fid" else {"extractor": "inception_fid"}))
    with pytest.raises(EvalsuiteError, match=r"gone\.pth, where there is no file") as caught:
        metric.check()
    assert caught.value.exit_code == 2


def test_fid_takes_inceptions_weights_only(monkeypatch: pytest.MonkeyPatch) -> None:
    class Other(PatchMeans):
        signature = "inception_fid:000000000000"

    monkeypatch.setitem(EXTRACTORS._added, "inception_fid", (Other, ""))
    open_extractor.cache_clear()
    with pytest.raises(InputError, match=r"^fid: takes the weights of pt_inception-2015-12-05-6726825d\.pth and no"):
        METRICS.get("fid")().check()
    METRICS.get("frechet_distance")(extractor="inception_fid").check()
    open_extractor.cache_clear()


def test_weights_that_do_not_fit_are_no_fault_of_the_images(heldout: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are found before anything is generated, and are not looked for image by image."""
    calls: list[int] = []

    class Misfit(PatchMeans):
        def features(self, images: Any) -> Any:
            calls.append(len(images))
            raise InputError("w.pth: not weights")

    monkeypatch.setitem(EXTRACTORS._added, "inception_fid", (Misfit, ""))
    open_extractor.cache_clear()
    try:
        with pytest.raises(InputError, match=r"w\.pth: not weights"):
            METRICS.get("fid")().check()
        with pytest.raises(InputError, match=r"w\.pth: not weights"):
            score(heldout[:50], "fid")
    finally:
        open_extractor.cache_clear()
    assert calls == [0, 0]


def test_what_a_metric_needs_is_checked_before_generation(heldout: Any, tmp_path: Path) -> None:
    three = save_images(tmp_path / "three.npz", heldout[:3])
    with pytest.raises(
        InputError, match=r'^recall: reference set ".*three\.npz" must have more than k = 3 images, it has 3'
    ):
        METRICS.get("recall")(reference_set=three).check()
    with pytest.raises(
        UsageError, match=r"^kid: `reference_set` must be one of .* got \"fashion_mnist/tset\"; did you"
    ):
        METRICS.get("kid")(reference_set="fashion_mnist/tset")
    with pytest.raises(TaskError, match=r'^here: metric "fid" has no option "extractor"'):
        make_metric(MetricSpec(name="fid", options={"extractor": "fashion_convnet"}), "here")
    one = save_images(tmp_path / "one.npz", heldout[:1])
    with pytest.raises(InputError, match="must have at least 2 images"):
        Memorisation(training_set=one).check()


def test_what_was_converted_or_left_out_of_any_set_stands_in_the_notes(heldout: Any, tmp_path: Path) -> None:
    wide = {f"{i}.png": raw_png(image.astype(np.uint16) * 257) for i, image in enumerate(heldout[:60])}
    folder = str(write_folder(tmp_path / "x", {**wide, "zero.png": b""}))
    (plain,) = score(heldout[100:200], "memorisation", training_set=save_images(tmp_path / "a.npz", heldout[:60]))
    (found,) = score(heldout[100:200], "memorisation", training_set=folder, reference_set=folder)
    told = ("1 images left out (1 x empty file)", "converted by rule 1: 60 x 16-bit to 8-bit")
    assert found.notes == tuple(f"{name} set: {text}" for name in ("reference", "training") for text in told)
    assert plain.notes == ()
    assert score(heldout[100:200], "memorisation", training_set=folder)[0].value == plain.value


def test_equal_images_elsewhere_are_the_same_reference(heldout: Any, tmp_path: Path) -> None:
    first, second = (save_images(tmp_path / name, heldout[:9]) for name in ("a.npz", "b.npz"))
    kid = METRICS.get("kid")
    assert kid(reference_set=first).signature() == kid(reference_set=second).signature()
    other = save_images(tmp_path / "c.npz", heldout[1:10])
    assert kid(reference_set=first).signature() != kid(reference_set=other).signature()


def test_files_that_change_within_a_process_are_read_again(heldout: Any, tmp_path: Path) -> None:
    """Whatever changes: a file of a folder leaves the folder's own time of modification as it is."""
    training = {f"a/{i}.png": png(heldout[i]) for i in range(300)}
    write_folder(tmp_path, training)
    metric = Memorisation(training_set=str(tmp_path))
    kid = METRICS.get("kid")(reference_set=str(tmp_path))
    vectors = open_extractor("fashion_convnet").features(list(heldout[:200]))
    before = metric.signature(), kid.signature(), kid.value(vectors, kid.reference(()))
    assert metric.value(vectors, metric.reference(())) == 1.0
    for i in range(300):
        (tmp_path / "a" / f"{i}.png").write_bytes(png(heldout[i + 1000]))
    after = metric.signature(), kid.signature(), kid.value(vectors, kid.reference(()))
    assert all(one != other for one, other in zip(before, after, strict=True))
    found = metric.value(vectors, metric.reference(()))
    write_folder(tmp_path / "elsewhere", {f"{i}.png": png(heldout[i + 1000]) for i in range(300)})
    assert found == Memorisation(training_set=str(tmp_path / "elsewhere")).value(vectors, metric.reference(())) < 0.1


def test_equal_sets_in_another_order_have_features_in_theirs(heldout: Any, tmp_path: Path) -> None:
    for name, order in (("a", 1), ("b", -1)):
        write_folder(tmp_path / name, {f"{i}.png": png(image) for i, image in enumerate(heldout[:9][::order])})
    first, second = (reference_features("fashion_convnet", str(tmp_path / name)) for name in ("a", "b"))
    np.testing.assert_array_equal(first, second[::-1])
    np.testing.assert_array_equal(find_reference(str(tmp_path / "b")).pixels(0), heldout[8])


def test_features_of_another_width_are_refused() -> None:
    metric = METRICS.get("frechet_distance")()
    assert isinstance(metric, ImageSetMetric)
    with pytest.raises(ValueError, match=r"`features` must have shape \(n, multiple of 64\), got \(5, 63\)"):
        metric.value(np.zeros((5, 63)), np.zeros((9, 64)))
    with pytest.raises(ValueError, match="the features of the reference set are missing"):
        metric.value(np.zeros((5, 64)))


def test_once_per_array() -> None:
    calls: list[int] = []
    total = OncePerArray(lambda array, k: calls.append(k) or float(array.sum()) * k)
    array = np.ones(3)
    assert [total(array, 2), total(array, 2), total(array, 3), total(array.copy(), 2)] == [6.0, 6.0, 9.0, 6.0]
    assert calls == [2, 3, 2]
