"""Several models on several tasks: each is loaded once, and what is written does not depend on the order."""

from __future__ import annotations

import json
import weakref
from pathlib import Path
from typing import TYPE_CHECKING

from evalsuite.cli.main import main
from evalsuite.executors import LocalExecutor

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from evalsuite.executors import Asking
    from evalsuite.models.base import Model


def test_a_models_tasks_follow_one_another(
    write_task: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    tasks = ",".join(str(write_task(4, name=name)) for name in ("one", "two"))
    models = ["-M", "scripted:echo", "-M", "scripted:constant,text=x"]
    started: list[str] = []
    released: list[int] = []
    models_seen: list[weakref.ref[Model]] = []
    alive: list[int] = []
    start, release = LocalExecutor.start, LocalExecutor.release

    def noted(executor: LocalExecutor, model: Model, asking: Asking) -> str:
        if not any(seen() is model for seen in models_seen):
            models_seen.append(weakref.ref(model))
        alive.append(sum(seen() is not None for seen in models_seen))
        started.append(f"{model.name} {id(executor)}")
        return start(executor, model, asking)

    def let_go(executor: LocalExecutor) -> None:
        released.append(len(started))
        release(executor)

    monkeypatch.setattr(LocalExecutor, "start", noted)
    monkeypatch.setattr(LocalExecutor, "release", let_go)
    assert main(["run", *models, "-t", tasks]) == 0
    assert [name.split()[0] for name in started] == ["echo", "echo", "constant", "constant"]
    assert len(set(started)) == 2
    assert released[0] == 2  # the first model's, before the second is loaded
    assert len(models_seen) == 2
    assert alive == [1, 1, 1, 1]  # and it is gone by then
    out = capsys.readouterr().out
    assert out.index("\none") < out.index("\ntwo")
    rows = json.loads(Path("runs/leaderboard.json").read_text())["rows"]
    assert [row["task"] for row in rows] == sorted(row["task"] for row in rows)
