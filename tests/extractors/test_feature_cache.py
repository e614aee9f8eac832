"""Features kept on disk: the same bits again, nothing damaged or of other weights, and two processes at once."""

from __future__ import annotations

import os
import threading
import time
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch

from evalsuite.extractors import feature_cache
from evalsuite.extractors.cache_folder import default_cache_folder
from evalsuite.extractors.feature_cache import FeatureCache, pixel_key
from evalsuite.extractors.feature_shard import encode_shard
from evalsuite.extractors.opening import compute_features
from evalsuite.extractors.settings import FeatureSettings, use_settings
from tests.reference.extractors import Sums, several_sizes

if TYPE_CHECKING:
    from pathlib import Path


def keys(n: int, start: int = 0) -> list[bytes]:
    return [pixel_key(np.full((1, 1, 1), i, np.uint8) if i < 256 else np.full((1, i, 1), 0, np.uint8))
            for i in range(start, start + n)]  # fmt: skip


def rows(n: int, d: int = 5, seed: int = 0) -> Any:
    return np.random.default_rng(seed).normal(size=(n, d)).astype(np.float32)


def filled(folder: Path, n: int = 12, identity: str = "one", **options: Any) -> FeatureCache:
    cache = FeatureCache(folder, **options)
    kept = cache.open(identity, 5)
    kept.put(keys(n), rows(n))
    kept.close()
    assert not cache.problem
    return cache


def shards(folder: Path) -> list[Path]:
    return sorted(folder.glob("*/*"))


def test_what_was_kept_is_there_again_bit_for_bit(tmp_path: Path) -> None:
    special = rows(4)
    special[0, 0], special[1, 1], special[2, 2] = np.nan, -0.0, np.inf
    cache = FeatureCache(tmp_path / "deep" / "cache")
    kept = cache.open("one", 5)
    kept.put(keys(4), special)
    for key, row in zip(keys(4), special, strict=True):  # before it is written, too
        assert kept.get(key).tobytes() == row.tobytes()
    kept.close()
    again = FeatureCache(cache.folder).open("one", 5)
    assert len(again) == 4
    for key, row in zip(keys(4), special, strict=True):
        assert again.get(key).tobytes() == row.tobytes()
    assert again.get(keys(1, 9)[0]) is None
    assert [path.suffix for path in shards(cache.folder)] == [".features"]


def test_keys_are_of_shape_and_pixels(tmp_path: Path) -> None:
    pixels = np.arange(24, dtype=np.uint8)
    different = [pixels.reshape(shape) for shape in ((2, 4, 3), (4, 2, 3), (24, 1, 1), (8, 3, 1))]
    assert len({pixel_key(image) for image in different}) == 4
    turned = different[0][::-1]
    assert pixel_key(turned) == pixel_key(turned.copy()) != pixel_key(different[0])


def test_other_weights_have_nothing_of_these(tmp_path: Path) -> None:
    filled(tmp_path)
    for identity, dimension in (("two", 5), ("one", 6)):
        other = FeatureCache(tmp_path).open(identity, dimension)
        assert len(other) == 0
        assert other.get(keys(1)[0]) is None


def test_a_shard_in_the_wrong_folder_is_not_believed(tmp_path: Path) -> None:
    filled(tmp_path, identity="one")
    filled(tmp_path, identity="two")
    one, two = shards(tmp_path)
    two.write_bytes(one.read_bytes())
    assert sorted(len(FeatureCache(tmp_path).open(name, 5)) for name in ("one", "two")) == [0, 12]


def test_damage_anywhere_is_found(tmp_path: Path) -> None:
    """Of every byte that is flipped, and every length cut to: what is returned is right or nothing."""
    filled(tmp_path, 3)
    (path,) = shards(tmp_path)
    content = path.read_bytes()
    expected = rows(3)
    lost = 0
    for place in range(len(content)):
        path.write_bytes(content[:place] + bytes([content[place] ^ 0x10]) + content[place + 1 :])
        kept = FeatureCache(tmp_path).open("one", 5)
        found = [kept.get(key) for key in keys(3)]
        for row, right in zip(found, expected, strict=True):
            assert row is None or row.tobytes() == right.tobytes()
        lost += any(row is None for row in found)
    assert lost == len(content)
    for length in (0, 1, 30, len(content) // 2, len(content) - 1):
        path.write_bytes(content[:length])
        assert len(FeatureCache(tmp_path).open("one", 5)) == 0


def test_lengths_that_a_file_claims_are_not_believed(tmp_path: Path) -> None:
    filled(tmp_path, 1)
    (path,) = shards(tmp_path)
    content = path.read_bytes()
    path.write_bytes(content[:8] + b"\xff" * 8 + content[16:])
    assert len(FeatureCache(tmp_path).open("one", 5)) == 0
    path.unlink()
    os.mkfifo(path)
    assert len(FeatureCache(tmp_path).open("one", 5)) == 0
    path.unlink()
    path.symlink_to(tmp_path)
    assert len(FeatureCache(tmp_path).open("one", 5)) == 0


def test_rows_damaged_after_opening_are_computed_again(tmp_path: Path) -> None:
    filled(tmp_path)
    kept = FeatureCache(tmp_path).open("one", 5)
    (path,) = shards(tmp_path)
    path.unlink()
    assert [kept.get(key) for key in keys(12)] == [None] * 12
    kept.put(keys(12), rows(12))
    kept.close()
    assert FeatureCache(tmp_path).open("one", 5).get(keys(1)[0]).tobytes() == rows(1).tobytes()


def test_the_oldest_go_when_there_is_too_much(tmp_path: Path) -> None:
    size = len(encode_shard(b"\0" * 32, keys(10), rows(10)))
    for number in range(4):
        filled(tmp_path, 10, identity=f"extractor {number}", limit=3 * size)
        (newest,) = [path for path in shards(tmp_path) if path.stat().st_mtime > time.time() - 1000]
        os.utime(newest, (1e9 + number, 1e9 + number))
    # The first was removed when the fourth was written.
    assert [len(FeatureCache(tmp_path).open(f"extractor {number}", 5)) for number in range(4)] == [0, 10, 10, 10]
    # What was read just now is marked as used: when there is a fifth, the next to go is another one.
    ages = sorted(path.stat().st_mtime for path in shards(tmp_path))
    assert ages[0] > time.time() - 1000
    cache = FeatureCache(tmp_path, limit=0)
    cache.shrink()
    assert shards(tmp_path) == []


def test_what_a_killed_process_was_writing_is_cleared_away(tmp_path: Path) -> None:
    filled(tmp_path)
    (path,) = shards(tmp_path)
    old, new = (path.with_name(name) for name in ("old.part", "new.part"))
    old.write_bytes(b"torn")
    new.write_bytes(b"torn")
    os.utime(old, (1e9, 1e9))
    filled(tmp_path)
    assert not old.exists()
    assert new.exists()  # another process may be writing it
    assert len(FeatureCache(tmp_path).open("one", 5)) == 12


@pytest.mark.parametrize("obstacle", ["file", "not writable"])
def test_where_nothing_can_be_kept_it_is_said_and_nothing_else(obstacle: str, tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    if obstacle == "file":
        folder.write_bytes(b"")
    else:
        folder.symlink_to("/proc/self/nothing")
    cache = FeatureCache(folder)
    extractor = Sums()
    images = several_sizes(20)
    with use_settings(FeatureSettings(cache=cache)):
        found = compute_features(extractor, images)
    np.testing.assert_array_equal(found, Sums().features(images))
    assert "features cannot be kept: " in cache.problem


def test_only_what_is_missing_is_computed(tmp_path: Path) -> None:
    images = several_sizes(41)
    settings = FeatureSettings(cache=FeatureCache(tmp_path), workers=3)
    first, second = Sums(), Sums()
    with use_settings(settings):
        found = compute_features(first, images[::2])
        whole = compute_features(second, images)
        third = compute_features(Sums(), images)
    np.testing.assert_array_equal(whole, Sums().features(images))
    np.testing.assert_array_equal(whole[::2], found)
    np.testing.assert_array_equal(third, whole)
    assert len(first.prepared) == 21
    assert sorted(second.prepared) == list(range(1, 41, 2))
    extractor = Sums()
    with use_settings(settings):
        compute_features(extractor, images[::-1])
    assert extractor.prepared == []


def test_another_batch_size_is_kept_apart(tmp_path: Path) -> None:
    for size, computed in ((4, 9), (5, 9), (None, 0)):  # 4 is the extractor's own
        extractor = Sums()
        with use_settings(FeatureSettings(cache=FeatureCache(tmp_path), batch_size=size)):
            compute_features(extractor, several_sizes(9))
        assert len(extractor.prepared) == computed


def test_what_torch_computed_on_other_threads_is_kept_apart(tmp_path: Path) -> None:
    before = torch.get_num_threads()
    try:
        for threads, computed in ((1, 9), (2, 9), (1, 0), (2, 0)):
            torch.set_num_threads(threads)
            extractor = Sums()
            with use_settings(FeatureSettings(cache=FeatureCache(tmp_path), devices=("cpu",))):
                compute_features(extractor, several_sizes(9))
            assert len(extractor.prepared) == computed
    finally:
        torch.set_num_threads(before)


def test_plain_extractors_are_not_kept(tmp_path: Path) -> None:
    from tests.reference.extractors import PatchMeans

    with use_settings(FeatureSettings(cache=FeatureCache(tmp_path / "cache"))):
        compute_features(PatchMeans(), [np.zeros((28, 28, 1), np.uint8)])
    assert not (tmp_path / "cache").exists()


def test_threads_may_write_and_read_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As two processes do: each with a cache of its own over the same folder."""
    monkeypatch.setattr(feature_cache, "_LEAST_SECONDS", 0.0)
    failures: list[BaseException] = []
    expected = dict(zip(keys(200), rows(200), strict=True))

    def work(seed: int) -> None:
        try:
            draw = np.random.default_rng(seed)
            for _ in range(15):
                kept = FeatureCache(tmp_path, limit=20_000).open("one", 5)
                chosen = [list(expected)[i] for i in draw.integers(0, 200, 20)]
                for key in chosen:
                    found = kept.get(key)
                    assert found is None or found.tobytes() == expected[key].tobytes()
                kept.put(chosen, np.stack([expected[key] for key in chosen]))
                kept.close()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert sum(path.stat().st_size for path in shards(tmp_path)) <= 20_000


def test_where_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_cache_folder() == tmp_path / "evalsuite" / "features"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert default_cache_folder() == tmp_path / ".cache" / "evalsuite" / "features"
