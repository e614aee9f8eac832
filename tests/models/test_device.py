"""A device that torch does not have is refused before anything is begun."""

from __future__ import annotations

import pytest

from evalsuite.environment import check_device
from evalsuite.errors import ModelError


def test_the_processor_will_do() -> None:
    check_device("cpu", "zoo:x")


@pytest.mark.parametrize("device", ["nonsense", "xpu:99", "cuda:4711"])
def test_a_device_that_is_not_there_is_named(device: str) -> None:
    with pytest.raises(ModelError, match=f'^zoo:x: cannot compute on the device "{device}": .*Try --device cpu'):
        check_device(device, "zoo:x")
