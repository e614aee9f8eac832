"""Progress: bars on a terminal, a plain line every few seconds elsewhere, nothing when quiet."""

from __future__ import annotations

import sys
import time
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType

    from rich.progress import Progress, TaskID

__all__ = ["ImageProgress", "ProgressReporter"]

_SECONDS = 5.0


class ProgressReporter:
    """Shows how far each run is, on the standard error.

    Parameters
    ----------
    quiet : bool
        Show nothing.
    stream : text file, optional
        Standard error by default.
    unit : str, optional
        Of what is counted: how many are done a second is then shown, too.
    """

    def __init__(self, *, quiet: bool = False, stream: IO[str] | None = None, unit: str | None = None) -> None:
        self._unit = unit
        self._stream = stream or sys.stderr
        self._quiet = quiet
        self._bars: Progress | None = None
        self._bar: TaskID | None = None
        self._label = ""
        self._last_line = 0.0
        self._started = 0.0

    def __enter__(self) -> ProgressReporter:
        if not self._quiet and self._stream.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

            self._bars = Progress(
                TextColumn("{task.description}", markup=False),
                BarColumn(),
                MofNCompleteColumn(),
                TimeRemainingColumn(elapsed_when_finished=True),
                console=Console(file=self._stream),
            )
            self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bars is not None:
            self._bars.stop()

    @property
    def has_bars(self) -> bool:
        """Whether there are bars, and not lines."""
        return self._bars is not None

    def start(self, label: str) -> None:
        """Begin a run called `label`."""
        self._label = label
        self._started = self._last_line = time.monotonic()
        if self._bars is not None:
            self._bar = self._bars.add_task(label, total=None)

    def update(self, done: int, total: int) -> None:
        """Say how many outputs are done and wanted."""
        if self._quiet:
            return
        if self._bars is not None and self._bar is not None:
            self._bars.update(self._bar, completed=done, total=total, description=f"{self._label}{self._rate(done)}")
        elif time.monotonic() - self._last_line >= _SECONDS:
            self._last_line = time.monotonic()
            self._line(f"{self._label}: {done}/{total}{self._rate(done)}")

    def finish(self, text: str) -> None:
        """End the run with a line that says what came of it."""
        if self._quiet:
            return
        if self._bars is not None and self._bar is not None:
            self._bars.update(self._bar, description=f"{self._label}: {text}")
            task = self._bars.tasks[self._bar]
            if task.total is None:
                self._bars.update(self._bar, completed=1, total=1)
        else:
            self._line(f"{self._label}: {text} ({time.monotonic() - self._started:.1f} s)")

    def _rate(self, done: int) -> str:
        if self._unit is None:
            return ""
        rate = done / max(time.monotonic() - self._started, 1e-9)
        return f", {rate:,.{0 if rate >= 10 else 1}f} {self._unit}/s"

    def _line(self, text: str) -> None:
        from evalsuite.report.terminal import printable

        self._stream.write(printable(text, 500) + "\n")
        self._stream.flush()


class ImageProgress:
    """How far the features of images are, of one set after another: on a terminal a bar each, elsewhere lines.

    Parameters
    ----------
    label : str, default "features"
    quiet : bool, default False
    stream : text file, optional
        Standard error by default.
    """

    def __init__(self, label: str = "features", *, quiet: bool = False, stream: IO[str] | None = None) -> None:
        self._reporter = ProgressReporter(quiet=quiet, stream=stream, unit="images")
        self._label = label
        self._last: tuple[int, int] | None = None

    def __enter__(self) -> ImageProgress:
        self._reporter.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._reporter.__exit__(kind, error, trace)

    def update(self, done: int, total: int) -> None:
        """Say how many images are done and wanted; fewer than before are those of another set."""
        if self._last is None or done < self._last[0] or total != self._last[1]:
            self._reporter.start(self._label)
        self._last = (done, total)
        if done < total or self._reporter.has_bars:  # no line is needed to say that nothing is left to wait for
            self._reporter.update(done, total)

    def finish(self, text: str) -> None:
        """End with a line that says what came of it."""
        if self._last is None:
            self._reporter.start(self._label)
        self._reporter.finish(text)
