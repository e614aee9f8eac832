"""Time ours and its peers in one group, and name each, so that a script can print the ratios."""

from __future__ import annotations

import platform
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["time_in_group"]


def time_in_group(
    benchmark: Any, group: str, tool: str, call: Callable[[], object], *, rounds: int, target: float | None = None
) -> None:
    """Time `call` as `tool` in `group`.

    `tool` is ``"evalsuite"`` or the name of the peer's distribution, whose version is recorded; or, where no package
    does the same, ``"plain Python"``, whose version is the interpreter's. `target` is the ratio that ours should reach
    against this peer; it is printed beside the one measured and never makes a test fail.
    """
    benchmark.group = group
    release = platform.python_version() if tool == "plain Python" else version(tool)
    benchmark.extra_info.update(tool=tool, version=release, target=target)
    benchmark.pedantic(call, rounds=rounds, warmup_rounds=1)
