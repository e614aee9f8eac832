"""The sessions of a log: each process that wrote it, what it added, and what that took."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from evalsuite.errors import RunLogError

if TYPE_CHECKING:
    from evalsuite.types import Output

__all__ = ["Session", "SessionCounter"]

# Figures of a closing line, none of them below 0.
_NUMBERS: dict[str, type | tuple[type, ...]] = {
    "seconds": (int, float),
    "peak_rss_bytes": int,
    "n_devices": int,
    "device_memory_bytes": int,
    "energy_joules": (int, float),
}
_TEXTS = ("peak_rss_since", "device_memory_by", "energy_by", "energy_missing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One process that wrote to a log.

    Parameters
    ----------
    n_outputs, n_errors : int
        Outputs it wrote, but for copies of others, and those among them that ended in an error.
    tokens_in, tokens_out : int, optional
        Of all those outputs; None where one does not say.
    usage : dict, optional
        What generating took, as its closing line says; None where there is none: the process was killed, or wrote the
        log before there were such lines.
    """

    n_outputs: int
    n_errors: int
    tokens_in: int | None
    tokens_out: int | None
    usage: dict[str, Any] | None


@dataclass(slots=True)
class SessionCounter:
    """Counts the outputs of each session while a log is read, line by line."""

    _done: list[Session] = field(default_factory=list)
    _outputs: int = 0
    _errors: int = 0
    _tokens_in: int | None = 0
    _tokens_out: int | None = 0
    _open: bool = True

    def begin(self) -> None:
        """Note that another process goes on with the log."""
        if self._open:
            self._finish(None)
        self._open = True

    def add(self, output: Output) -> None:
        """Count an output of the session that is open."""
        self._open = True
        if output.same_as is not None:  # it took no time
            return
        self._outputs += 1
        self._errors += output.finish_reason == "error"
        self._tokens_in = _plus(self._tokens_in, output.tokens_in)
        self._tokens_out = _plus(self._tokens_out, output.tokens_out)

    def end(self, line: dict[str, Any], where: str) -> None:
        """Close the session with what its last line says.

        Raises
        ------
        RunLogError
            If a figure is not a number, or below 0; the message says `where`.
        """
        usage = {key: value for key, value in line.items() if key in _NUMBERS or key in _TEXTS}
        for key, value in usage.items():
            kind = _NUMBERS.get(key, str)
            negative = isinstance(value, (int, float)) and value < 0
            if negative or isinstance(value, bool) or not isinstance(value, kind):
                raise RunLogError(f"{where}: the session's {key} is {value!r:.80}, which cannot be")
        if "seconds" not in usage:
            raise RunLogError(f"{where}: the session's seconds are missing")
        self._finish(usage)
        self._open = False

    def sessions(self) -> tuple[Session, ...]:
        """Return the sessions; the last may be open."""
        if self._open:
            self._finish(None)
            self._open = False
        return tuple(self._done)

    def _finish(self, usage: dict[str, Any] | None) -> None:
        self._done.append(
            Session(
                n_outputs=self._outputs,
                n_errors=self._errors,
                tokens_in=self._tokens_in,
                tokens_out=self._tokens_out,
                usage=usage,
            )
        )
        self._outputs = self._errors = self._tokens_in = self._tokens_out = 0


def _plus(total: int | None, count: int | None) -> int | None:
    return None if total is None or count is None else total + count
