"""Scripts in processes of their own: what crashes or hangs there does neither here."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Ending", "run_script", "try_imports"]

_SCRIPTS = Path(__file__).parent / "scripts"
# Packages that would ask a hub are told not to; the scripts refuse connections beside.
_OFFLINE = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a script ended.

    Parameters
    ----------
    records : list of dict
        The JSON objects it wrote, a line each.
    trouble : str
        Why it did not end well, as what follows "it"; empty where it did.
    """

    records: list[dict[str, Any]]
    trouble: str


def run_script(name: str, arguments: Sequence[str], *, seconds: float) -> Ending:
    """Run ``evalsuite/doctor/scripts/NAME.py`` by this Python, which is killed when the time is over."""
    path = os.pathsep.join(filter(None, sys.path))
    trouble, written = "", b""
    try:
        done = subprocess.run(
            [sys.executable, str(_SCRIPTS / f"{name}.py"), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **_OFFLINE, "PYTHONPATH": path, "PYTHONSAFEPATH": "1"},
            timeout=seconds,
            check=False,
            start_new_session=True,  # an interrupt of the user's is for us to handle
        )
    except subprocess.TimeoutExpired as error:
        trouble, written = f"did not end within {seconds:g} seconds", error.stdout or b""
    except OSError as error:
        trouble = f"could not be started: {error.strerror}"
    else:
        written = done.stdout
        if done.returncode < 0:
            trouble = f"was ended by {_signal_name(-done.returncode)}: it crashed"
        elif done.returncode:
            trouble = f"ended with exit code {done.returncode}"
    return Ending(records=_records(written), trouble=trouble)


def try_imports(modules: Sequence[str], *, seconds: float) -> dict[str, str]:
    """Import modules in another process, one after the other.

    Parameters
    ----------
    modules : sequence of str
    seconds : float
        That the process may take. One that crashes or hangs is at the cost of one module; the next has a new one.

    Returns
    -------
    dict of str to str
        What was wrong with each; empty where it can be imported.
    """
    problems: dict[str, str] = {}
    left = list(modules)
    while left:
        ending = run_script("imports", left, seconds=seconds)
        problems.update({str(record["module"]): str(record["problem"]) for record in ending.records})
        left = [module for module in left if module not in problems]
        if left:
            problems[left.pop(0)] = f"importing it {ending.trouble or 'ended the process'}"
    return problems


def _records(written: bytes) -> list[dict[str, Any]]:
    lines = written.decode("utf-8", "replace").split("\n")
    return [json.loads(line) for line in lines[:-1]]  # the last was begun when the process was killed


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
