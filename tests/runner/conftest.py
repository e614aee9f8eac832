"""The task that runs are of."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from evalsuite.task import Task, load_task
from tests.runner.scripted_runs import N

WriteTask = Callable[..., Path]


@pytest.fixture
def task(write_task: WriteTask) -> Task:
    return load_task(str(write_task(N)))
