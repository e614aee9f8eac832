"""What generating took, as the last line of a process's part of the log."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from evalsuite.errors import SaveError
from evalsuite.resources import UsageMeter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evalsuite.runlog import RunLogWriter

__all__ = ["measured"]


@contextmanager
def measured(device: str, n_remote: int | None, writer: RunLogWriter) -> Iterator[None]:
    """Close the log's session with what generating took; after a failure too, as far as the log can be written.

    Of processes elsewhere only their number is known, each with a device of its own where there are any.
    """
    meter = UsageMeter(device if n_remote is None else "")
    elsewhere: dict[str, object] = {}
    if n_remote is not None:
        elsewhere["energy_missing"] = f"{n_remote} workers of a cluster computed, whose energy is not measured"
        if device.startswith("cuda"):
            elsewhere["n_devices"] = n_remote
    try:
        with meter:
            yield
    except BaseException:
        with suppress(SaveError):
            writer.append_session_end({**meter.usage(), **elsewhere, "interrupted": True})
        raise
    writer.append_session_end({**meter.usage(), **elsewhere})
