"""Executors are released whatever happens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest

from evalsuite.executors import LocalExecutor, run_on

if TYPE_CHECKING:
    from evalsuite.executors import Executor


def test_an_executor_that_cannot_be_released_does_not_keep_the_others() -> None:
    released: list[str] = []

    class Lost(LocalExecutor):
        def release(self) -> None:
            released.append("lost")
            raise RuntimeError("the cluster is gone")

    class Sound(LocalExecutor):
        def release(self) -> None:
            released.append("sound")

    executors: list[Executor] = [Sound(), Lost(), Sound()]
    with pytest.raises(RuntimeError, match="the cluster is gone"), run_on(*cast("Any", executors)):
        assert released == []
    assert released == ["sound", "lost", "sound"]
