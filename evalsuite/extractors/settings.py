"""How features are computed: where, in which precision, by how many threads; only the precision is in signatures."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalsuite.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from evalsuite.extractors.feature_cache import FeatureCache

__all__ = ["PRECISIONS", "FeatureSettings", "feature_settings", "use_settings", "without_precision"]

PRECISIONS = ("float32", "tf32", "bf16")
"""What networks multiply in; features are float32 and statistics float64 with each."""

_MOST_WORKERS = 256
_LARGEST_BATCH = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureSettings:
    """What features are computed with.

    Parameters
    ----------
    devices : tuple of str, default ("auto",)
        As torch calls them; ``"auto"`` is the first CUDA device, and the CPU where there is none. With several, batches
        go to each in turn.
    precision : {"float32", "tf32", "bf16"}, default "float32"
    workers : int, optional
        Threads that read, decode and resize; 0 does so between batches. As many as processors, 16 at most, where None.
    batch_size : int, optional
        Images computed at once; the extractor's own for the device where None. Another one may change last bits.
    cache : FeatureCache, optional
        Where features are looked for and kept.
    progress : callable, optional
        Told, of one set of images after another, how many are done and wanted.

    Raises
    ------
    UsageError
        If a precision is unknown, or a number out of range.
    """

    devices: tuple[str, ...] = ("auto",)
    precision: str = "float32"
    workers: int | None = None
    batch_size: int | None = None
    cache: FeatureCache | None = None
    progress: Callable[[int, int], None] | None = None

    def __post_init__(self) -> None:
        if self.precision not in PRECISIONS:
            hint = did_you_mean(self.precision, PRECISIONS) or "."
            raise UsageError(f'unknown precision "{self.precision}"{hint} Known: {", ".join(PRECISIONS)}.')
        if self.workers is not None and not 0 <= self.workers <= _MOST_WORKERS:
            raise UsageError(f"workers: expected 0 to {_MOST_WORKERS}, found {self.workers}")
        if self.batch_size is not None and not 1 <= self.batch_size <= _LARGEST_BATCH:
            raise UsageError(f"batch size: expected 1 to {_LARGEST_BATCH}, found {self.batch_size}")
        if not self.devices:
            raise UsageError("devices: expected at least one, such as cpu or cuda:0")


_current: ContextVar[FeatureSettings] = ContextVar("feature_settings", default=FeatureSettings())  # noqa: B039 (frozen)


def feature_settings() -> FeatureSettings:
    """Return the settings that are in force."""
    return _current.get()


@contextmanager
def use_settings(settings: FeatureSettings) -> Iterator[None]:
    """Compute features with these settings within a ``with`` block.

    Examples
    --------
    >>> with use_settings(FeatureSettings(devices=("cpu",), workers=2)):
    ...     feature_settings().workers
    2
    """
    token = _current.set(settings)
    try:
        yield
    finally:
        _current.reset(token)


def without_precision(signature: str) -> str:
    """Return an extractor's signature without the precision, which stands at its end where it is not float32."""
    base, _, last = signature.rpartition(":")
    return base if base and last in PRECISIONS else signature
