"""From images to features: the same bits for any number of threads and devices, in order, within a bound of memory."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch

from evalsuite.errors import InputError, ModelError, UsageError
from evalsuite.extractors import pipeline, read_ahead, stages
from evalsuite.extractors.base import BatchExtractor, DerivedExtractor
from evalsuite.extractors.opening import compute_all_features, compute_features
from evalsuite.extractors.pipeline import stream_features
from evalsuite.extractors.settings import FeatureSettings, feature_settings, use_settings
from tests.media.images import noise
from tests.reference.extractors import PatchMeans, Sums, several_sizes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


class Doubled:
    """Goes on from another extractor's features."""

    name = signature = "doubled"
    dimension = 3

    def __init__(self, source: Sums) -> None:
        self.source = source

    def features(self, images: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        return self.derive(self.source.features(images))

    def derive(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        return 2 * features


def test_protocols_tell_extractors_apart() -> None:
    assert isinstance(Sums(), BatchExtractor)
    assert not isinstance(PatchMeans(), BatchExtractor)
    assert isinstance(Doubled(Sums()), DerivedExtractor)
    assert not isinstance(Sums(), DerivedExtractor)


@pytest.mark.parametrize("workers", [0, 1, 4, 13])
@pytest.mark.parametrize("devices", [("cpu",), ("cpu", "cpu", "cpu")])
@pytest.mark.parametrize("n", [0, 1, 3, 4, 40, 103])
def test_threads_and_devices_change_no_bit_and_no_batch(workers: int, devices: tuple[str, ...], n: int) -> None:
    images, extractor = several_sizes(n), Sums()
    with use_settings(FeatureSettings(workers=workers, devices=devices)):
        found = compute_features(extractor, images)
    np.testing.assert_array_equal(found, Sums().features(images))
    sums = [int(image.sum()) for image in images]
    assert sorted(extractor.prepared) == list(range(n))
    expected = [sums[start : start + 4] for start in range(0, n, 4)]
    if len(devices) == 1:
        assert [batch for _, batch in extractor.batches] == expected
    else:  # they are computed at the same time, but each is made as before
        assert sorted(batch for _, batch in extractor.batches) == sorted(expected)


def test_every_device_gets_batches() -> None:
    with use_settings(FeatureSettings(devices=("cpu", "cpu"))):
        extractor = Sums()
        compute_features(extractor, several_sizes(32))
    assert len({name for name, _ in extractor.batches}) == 1  # all lanes are called after the device
    seen: set[int] = set()

    class Watched(Sums):
        def begin(self, *arguments: Any) -> Any:
            seen.add(threading.get_ident())
            return super().begin(*arguments)

    with use_settings(FeatureSettings(devices=("cpu", "cpu"))):
        compute_features(Watched(), several_sizes(32))
    assert len(seen) == 2
    assert threading.get_ident() not in seen


def test_the_batch_size_is_as_asked_for() -> None:
    extractor = Sums()
    with use_settings(FeatureSettings(batch_size=7)):
        compute_features(extractor, several_sizes(20))
    assert [len(batch) for _, batch in extractor.batches] == [7, 7, 6]


def test_a_batch_is_bounded_in_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stages, "BATCH_BYTES", 2 * 12)
    extractor = Sums()
    compute_features(extractor, several_sizes(5))
    assert [len(batch) for _, batch in extractor.batches] == [2, 2, 1]


@pytest.mark.parametrize("workers", [0, 3])
def test_windows_are_in_order_and_batches_end_with_them(workers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "WINDOW", 10)
    images, extractor = several_sizes(34), Sums()
    with use_settings(FeatureSettings(workers=workers)):
        windows = list(stream_features([extractor, PatchMeans16()], 34, lambda i: images[i]))
    assert [start for start, _ in windows] == [0, 10, 20, 30]
    assert [len(batch) for _, batch in extractor.batches] == [4, 4, 2, 4, 4, 2, 4, 4, 2, 4]
    for k, expected in enumerate((Sums().features(images), PatchMeans16().features(images))):
        np.testing.assert_array_equal(np.concatenate([rows[k] for _, rows in windows]), expected)


class PatchMeans16:
    """Plain: not of batches."""

    name = signature = "means"
    dimension = 1

    def features(self, images: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        for i, image in enumerate(images):
            if image.shape[1] == 1:
                raise InputError(f"image {i}: is too narrow")
        return np.array([[image.mean()] for image in images], dtype=np.float32).reshape(-1, 1)


def test_what_goes_on_from_other_features_shares_them() -> None:
    source = Sums()
    images = several_sizes(12)
    plain, doubled = compute_all_features([source, Doubled(source)], images)
    assert len(source.prepared) == 12
    np.testing.assert_array_equal(doubled, 2 * plain)
    (alone,) = compute_all_features([Doubled(Sums())], images)
    np.testing.assert_array_equal(alone, doubled)


@pytest.mark.parametrize("workers", [0, 4])
@pytest.mark.parametrize("extractor", [Sums(), PatchMeans16()])
def test_images_that_an_extractor_does_not_take(workers: int, extractor: Any) -> None:
    images = several_sizes(60)
    for i in (17, 18, 41):
        images[i] = noise(i, 1, 1, 1)
    with use_settings(FeatureSettings(workers=workers)):
        with pytest.raises(InputError, match=r"^image 17: is too "):
            compute_features(extractor, images)
        ((_, (rows,)),) = stream_features([extractor], 60, lambda i: images[i], tolerant=True)
    missing = [17, 18, 41]
    assert np.flatnonzero(np.isnan(rows).any(axis=1)).tolist() == missing
    kept = [i for i in range(60) if i not in missing]
    np.testing.assert_array_equal(rows[kept], extractor.features([images[i] for i in kept]))


@pytest.mark.parametrize("workers", [0, 4])
def test_an_image_that_cannot_be_read_ends_it_and_leaves_no_thread(workers: int) -> None:
    images = several_sizes(200)
    before = threading.active_count()

    def load(i: int) -> NDArray[np.uint8]:
        if i >= 90:
            raise InputError(f"file {i} is gone")
        return images[i]

    with use_settings(FeatureSettings(workers=workers)), pytest.raises(InputError, match=r"^file 90 is gone$"):
        list(stream_features([Sums()], 200, load, tolerant=True))
    assert threading.active_count() == before


def test_who_stops_listening_leaves_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "WINDOW", 20)
    images, before = several_sizes(400), threading.active_count()
    with use_settings(FeatureSettings(workers=4)):
        stream = stream_features([Sums()], 400, lambda i: images[i])
        next(stream)
        stream.close()  # type: ignore[attr-defined]
    assert threading.active_count() == before


def test_a_device_that_fails_says_so() -> None:
    class Broken(Sums):
        def begin(self, *arguments: Any) -> Any:
            raise RuntimeError("out of memory")

    with pytest.raises(RuntimeError, match="out of memory"):
        compute_features(Broken(), several_sizes(30))


@pytest.mark.parametrize("workers", [0, 3])
def test_progress_is_told_up_to_all(workers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "_SECONDS", 0.0)
    told: list[tuple[int, int]] = []
    with use_settings(FeatureSettings(workers=workers, progress=lambda done, n: told.append((done, n)))):
        compute_all_features([Sums(), PatchMeans16()], several_sizes(30))
    assert told == sorted(told)
    assert told[-1] == (30, 30)
    assert {n for _, n in told} == {30}


def test_too_little_memory_of_a_device_is_explained() -> None:
    class Large(Sums):
        def begin(self, *arguments: Any) -> Any:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB")

    with pytest.raises(
        ModelError, match=r"has not enough memory for 4 images at once: CUDA out of memory.*--batch-size$"
    ):
        compute_features(Large(), several_sizes(30))


def test_where_no_thread_can_be_started_nobody_waits_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    before, start, started = threading.active_count(), threading.Thread.start, []

    def limited(self: threading.Thread) -> None:
        if len(started) == 3:
            raise RuntimeError("can't start new thread")
        started.append(self)
        start(self)

    monkeypatch.setattr(threading.Thread, "start", limited)
    with use_settings(FeatureSettings(workers=8)), pytest.raises(RuntimeError, match="can't start new thread"):
        compute_features(PatchMeans16(), several_sizes(60))
    for thread in started:
        thread.join()
    assert threading.active_count() == before


class Item:
    def __init__(self, value: int, n_bytes: int) -> None:
        self.value = value
        self.n_bytes = n_bytes


@pytest.mark.parametrize(("workers", "n_bytes", "most", "bound"), [
    (4, 100, 20, 20 + 8), (4, 1 << 27, 20, 4), (4, 1 << 29, 20, 1), (4, 1 << 40, 20, 1), (1, 100, 5, 5 + 8),
])  # fmt: skip
def test_no_more_is_read_than_may_be_held(workers: int, n_bytes: int, most: int, bound: int) -> None:
    started, yielded, largest = 0, 0, 0
    lock = threading.Lock()

    def read(i: int) -> Item:
        nonlocal started, largest
        with lock:
            started += 1
            if yielded > most:  # sizes are known by then
                largest = max(largest, started - yielded)
        time.sleep(0.0005 * (i % 3))
        return Item(i, n_bytes)

    found = []
    for item in read_ahead.read_ahead(read, 150, workers=workers, most=most):
        found.append(item.value)
        time.sleep(0.0002)
        with lock:
            yielded += 1
    assert found == list(range(150))
    assert started == 150
    assert 1 <= largest <= bound + workers


def test_torch_computes_on_one_thread_where_images_are_read_and_on_as_many_as_before_elsewhere() -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    try:
        seen = [
            item.value
            for item in read_ahead.read_ahead(lambda i: Item(torch.get_num_threads(), 8), 50, workers=3, most=9)
        ]
        assert set(seen) == {1}
        assert torch.get_num_threads() == 3
        elsewhere: list[int] = []
        thread = threading.Thread(target=lambda: elsewhere.append(torch.get_num_threads()))
        thread.start()
        thread.join()
        assert elsewhere == [3]
    finally:
        torch.set_num_threads(before)


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"devices": ("cpu", "meta")}, UsageError, "^devices: expected all of one kind, found cpu and meta"),
        ({"devices": ("tpu",)}, ModelError, '^features: cannot compute on the device "tpu": there is no such device'),
        ({"precision": "tf32", "devices": ("cpu",)}, UsageError, "^precision tf32 is of CUDA devices .*take float32"),
    ],
)
def test_devices_that_are_not_there(settings: Any, error: type[Exception], message: str) -> None:
    with use_settings(FeatureSettings(**settings)), pytest.raises(error, match=message):
        compute_features(Sums(), several_sizes(2))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"precision": "double"}, r'^unknown precision "double"\. Known: float32, tf32, bf16\.$'),
        ({"precision": "fp16"}, 'did you mean "bf16"'),
        ({"workers": -1}, "^workers: expected 0 to 256, found -1$"),
        ({"workers": 1000}, "^workers: expected 0 to 256, found 1000$"),
        ({"batch_size": 0}, "^batch size: expected 1 to 4096, found 0$"),
        ({"devices": ()}, "^devices: expected at least one"),
    ],
)
def test_settings_out_of_range_are_refused(settings: Any, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        FeatureSettings(**settings)


def test_settings_are_in_force_within_their_block_only() -> None:
    assert feature_settings() == FeatureSettings()
    with use_settings(FeatureSettings(workers=1)):
        with use_settings(FeatureSettings(workers=2)):
            assert feature_settings().workers == 2
        assert feature_settings().workers == 1
    assert feature_settings().workers is None
