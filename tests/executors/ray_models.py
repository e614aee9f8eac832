"""Models for workers of a Ray cluster: well behaved ones, and ones that die."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING, Any

from evalsuite.types import Output

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from evalsuite.types import Request


class Plain:
    """Answers with the request's seed; notes in a folder which process did."""

    spec, name, fingerprint = "plain:", "plain", "plain"
    modalities = frozenset({"text"})
    batch_size = 4
    batch_invariant = True
    dtype = device = ""

    def __init__(self, folder: Path, seconds: float = 0.0) -> None:
        self.folder = folder
        self.seconds = seconds

    def generate(self, requests: Sequence[Request], config: Any) -> list[Output]:
        (self.folder / str(os.getpid())).touch()
        time.sleep(self.seconds)
        return [self.answer(request) for request in requests]

    def answer(self, request: Request) -> Output:
        return Output(text=f"{request.sample_id} {request.repeat} {request.seed}", tokens_out=3)


class Meeting(Plain):
    """Waits until three processes have been asked."""

    def generate(self, requests: Sequence[Request], config: Any) -> list[Output]:
        outputs = super().generate(requests, config)
        end = time.monotonic() + 120.0
        while len(list(self.folder.iterdir())) < 3 and time.monotonic() < end:
            time.sleep(0.01)
        return outputs


class DiesOnce(Plain):
    """Its process is killed the first time that it is asked for certain samples."""

    def answer(self, request: Request) -> Output:
        marker = self.folder / f"died-{request.sample_id}"
        if request.sample_id in ("s05", "s06", "s17") and not marker.exists():
            marker.touch()
            die()
        return super().answer(request)


class Poisoned(Plain):
    """Its process is killed each time that it is asked for one sample."""

    def answer(self, request: Request) -> Output:
        if request.sample_id == "s09":
            die()
        return super().answer(request)


class DiesLoading(Plain):
    """No process survives its loading."""

    def load(self) -> None:
        die()


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(60.0)
