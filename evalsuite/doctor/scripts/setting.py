"""What the scripts share: a way to answer that printing cannot disturb, and no network."""

from __future__ import annotations

import json
import os
import resource
import sys
from typing import TYPE_CHECKING, Any

from evalsuite.doctor.secrets import conceal

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["describe_error", "open_answer"]

_LONGEST = 300


def open_answer() -> Callable[[dict[str, Any]], None]:
    """Return what writes a record to the standard output, from which all that packages print is kept away.

    A crash leaves no core file behind, and connections to other machines are refused.
    """
    answer = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    sys.addaudithook(_refuse_network)

    def write(record: dict[str, Any]) -> None:
        os.write(answer, json.dumps(record).encode("ascii") + b"\n")

    return write


def describe_error(error: BaseException) -> str:
    """Return an error's class and the first line of its message, without keys."""
    try:
        message = (str(error).strip().splitlines() or [""])[0]
    except BaseException:
        message = ""
    return f"{type(error).__name__}: {conceal(message)}"[:_LONGEST].removesuffix(": ")


def _refuse_network(event: str, arguments: tuple[object, ...]) -> None:
    if event == "socket.getaddrinfo" or (event == "socket.connect" and isinstance(arguments[1], tuple)):
        raise OSError("the doctor refuses the network")
