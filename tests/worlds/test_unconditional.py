from __future__ import annotations

import pytest

from evalsuite.errors import TaskError
from evalsuite.worlds import digest_samples, load_world
from evalsuite.worlds.unconditional import samples


def test_samples_are_numbers_that_sort() -> None:
    made = samples(seed=3, n=100_000)
    ids = [sample.id for sample in made]
    assert ids == sorted(set(ids))
    assert (ids[0], ids[-1]) == ("image-00000", "image-99999")
    assert made[:40] == samples(seed=4, n=40)
    # printf '{"id":"image-00000","input":{}}\n{"id":"image-00001","input":{}}\n' | sha256sum
    assert digest_samples(load_world("unconditional").samples(seed=0, n=2)) == (
        "1b2a1a4d2ecdc4698852bb9d33f47c7bf202991469f58a5121496c19acc0bec1"
    )


@pytest.mark.parametrize(
    ("n", "depths", "message"), [(0, None, "got 0"), (100_001, None, "got 100001"), (5, (1, 2), "no depth")]
)
def test_arguments_out_of_range(n: int, depths: tuple[int, int] | None, message: str) -> None:
    with pytest.raises(TaskError, match=message):
        samples(seed=0, n=n, depths=depths)
