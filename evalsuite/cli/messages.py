"""Messages to the person at the terminal, on the standard error."""

from __future__ import annotations

import sys

__all__ = ["say"]

_LONGEST_LINE = 2000


def say(message: str) -> None:
    """Write a message to the standard error; what it quotes of files and models cannot steer the terminal."""
    from evalsuite.report.terminal import printable

    text = "".join(printable(line, _LONGEST_LINE) + "\n" for line in message.removesuffix("\n").split("\n"))
    encoding = sys.stderr.encoding or "utf-8"
    sys.stderr.write(text.encode(encoding, "backslashreplace").decode(encoding))
    sys.stderr.flush()
