"""What every world is asked for: a seed, a number of samples, and perhaps two depths; all of them integers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalsuite.errors import TaskError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["MAX_SAMPLES", "check_arguments", "schedule_depths"]

MAX_SAMPLES = 1_000_000


def check_arguments(
    world: str,
    *,
    seed: object,
    n: object,
    depths: object,
    most_depth: int | None = None,
    most_samples: int = MAX_SAMPLES,
) -> None:
    """Find out whether a world can make samples of these arguments.

    Parameters
    ----------
    world : str
        Named in messages.
    seed, n, depths : object
        As the world's ``samples`` was given them: the seed in [0, 2**64), `n` in [1, `most_samples`], and `depths` None
        or the least and greatest depth, in [1, `most_depth`].
    most_depth : int, optional
        None where samples have no depth.
    most_samples : int

    Raises
    ------
    TaskError
        If one is no integer or out of range.
    """
    for name, value in (("seed", seed), ("n", n)):
        if not _is_integer(value):
            raise TaskError(f"world {world}: `{name}` must be an integer, got {value!r:.100}")
    if depths is not None and most_depth is None:
        raise TaskError(f"world {world}: samples have no depth; leave out `depths`, got {depths!r:.100}")
    if depths is not None and not (
        isinstance(depths, (tuple, list)) and len(depths) == 2 and all(map(_is_integer, depths))
    ):
        raise TaskError(f"world {world}: `depths` must be two integers, least and greatest, got {depths!r:.100}")
    if not 0 <= seed < 1 << 64:  # type: ignore[operator]
        raise TaskError(f"world {world}: `seed` must be in [0, 2**64), got {seed}")
    if not 1 <= n <= most_samples:  # type: ignore[operator]
        raise TaskError(f"world {world}: `n` must be in [1, {most_samples}], got {n}")
    if isinstance(depths, (tuple, list)) and most_depth is not None and not 1 <= depths[0] <= depths[1] <= most_depth:
        raise TaskError(
            f"world {world}: `depths` must be [least, greatest] with 1 <= least <= greatest <= {most_depth}, "
            f"got [{depths[0]}, {depths[1]}]"
        )


def schedule_depths(n: int, *, n_templates: int, depths: tuple[int, int]) -> Iterator[tuple[int, int, int]]:
    """Yield (index, template, depth) of `n` samples, balanced over templates and depths.

    One step along the depths per round of templates: each template meets each depth once in ``n_templates * n_depths``
    samples, and the first ``n_templates`` samples already spread over the depths.
    """
    low, high = depths
    for i in range(n):
        template = i % n_templates
        yield i, template, low + (template + i // n_templates) % (high - low + 1)


def _is_integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
