"""What every world is asked for: a seed, a number of samples, and perhaps two depths; all of them integers."""

from __future__ import annotations

from evalsuite.errors import TaskError

__all__ = ["check_integers"]


def check_integers(world: str, *, seed: object, n: object, depths: object) -> None:
    """Raise TaskError unless `seed` and `n` are integers, and `depths` two of them or None."""
    for name, value in (("seed", seed), ("n", n)):
        if not _is_integer(value):
            raise TaskError(f"world {world}: `{name}` must be an integer, got {value!r:.100}")
    if depths is None:
        return
    if not isinstance(depths, (tuple, list)) or len(depths) != 2 or not all(map(_is_integer, depths)):
        raise TaskError(f"world {world}: `depths` must be two integers, least and greatest, got {depths!r:.100}")


def _is_integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
