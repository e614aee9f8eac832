"""What was handed over is written before the log is closed, also if the wait for it is interrupted."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, cast

import pytest

from evalsuite.runner.storing import Storing
from evalsuite.types import Output

if TYPE_CHECKING:
    from collections.abc import Sequence


def test_an_interrupt_while_the_last_outputs_are_written(monkeypatch: pytest.MonkeyPatch) -> None:
    may_write, written = threading.Event(), []

    class Writer:
        def append(self, outputs: Sequence[Output]) -> list[Output]:
            may_write.wait()
            written.extend(outputs)
            return list(outputs)

    storing = Storing(cast("Any", Writer()))
    join, joins = storing._thread.join, []

    def interrupted() -> None:
        joins.append(1)
        if len(joins) == 1:
            raise KeyboardInterrupt
        may_write.set()
        join()

    monkeypatch.setattr(storing._thread, "join", interrupted)
    with pytest.raises(KeyboardInterrupt), storing:
        storing.put([Output(text="x")])
    assert [output.text for output in written] == ["x"]
