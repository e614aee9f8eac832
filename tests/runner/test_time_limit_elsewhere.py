"""A time limit that cannot hold is refused, not ignored."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from evalsuite.errors import UsageError
from evalsuite.evaluation import plan_run
from tests.runner.scripted_runs import model_of

if TYPE_CHECKING:
    from pathlib import Path

    from evalsuite.task import Task


def test_a_limit_outside_the_main_thread(task: Task, tmp_path: Path) -> None:
    told: list[str] = []

    def plan() -> None:
        plan_run(model_of(), task, root=tmp_path)  # without a limit there is nothing to refuse
        try:
            plan_run(model_of(), task, root=tmp_path, timeout=1.0)
        except UsageError as error:
            told.append(str(error))

    thread = threading.Thread(target=plan)
    thread.start()
    thread.join()
    assert told == [
        "timeout: in this process a sample can be broken off in the main thread only, and this is another; call it "
        'there, or give executor="ray"'
    ]
