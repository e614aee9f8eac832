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
def measured(device: str, writer: RunLogWriter) -> Iterator[None]:
    """Close the log's session with what generating took; after a failure too, as far as the log can be written."""
    meter = UsageMeter(device)
    try:
        with meter:
            yield
    except BaseException:
        with suppress(SaveError):
            writer.append_session_end({**meter.usage(), "interrupted": True})
        raise
    writer.append_session_end(meter.usage())
