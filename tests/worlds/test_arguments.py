"""Worlds refuse what is no integer, by a message that names the world and the argument."""

from __future__ import annotations

from typing import Any

import pytest

from evalsuite.errors import TaskError
from evalsuite.worlds import load_world

WORLDS = ("ledger", "tracking", "pictures", "data_to_text", "fashion_classes", "unconditional")


@pytest.mark.parametrize("name", WORLDS)
@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"seed": 1.5}, r"`seed` must be an integer, got 1\.5"),
        ({"seed": None}, "`seed` must be an integer, got None"),
        ({"n": "3"}, "`n` must be an integer, got '3'"),
        ({"n": True}, "`n` must be an integer, got True"),
    ],
)
def test_numbers(name: str, given: dict[str, Any], message: str) -> None:
    arguments: dict[str, Any] = {"seed": 1, "n": 1, **given}
    with pytest.raises(TaskError, match=f"world {name}: {message}"):
        load_world(name).samples(**arguments)


@pytest.mark.parametrize("name", ["ledger", "tracking", "pictures"])
@pytest.mark.parametrize("depths", [(1.5, 2), 3, (1,), (1, 2, 3), (1, None), "12"])
def test_depths(name: str, depths: Any) -> None:
    with pytest.raises(TaskError, match=f"world {name}: `depths` must be two integers, least and greatest, got "):
        load_world(name).samples(seed=1, n=1, depths=depths)
