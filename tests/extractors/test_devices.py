"""Devices and torch's switches: set while they are needed, and as they were before afterwards."""

from __future__ import annotations

import threading
import time

import pytest
import torch

from evalsuite.extractors.devices import convolution_precision, default_workers, is_cpu, resolve_devices

GPU = ("cuda:0",)  # the switch can be turned whether there is one or not


def switch() -> str:
    return str(torch.backends.cudnn.conv.fp32_precision)


@pytest.mark.skipif(not hasattr(torch.backends.cudnn, "conv"), reason="an older torch has another switch")
def test_tf32_is_off_unless_it_is_asked_for() -> None:
    before = switch()
    with convolution_precision("float32", GPU):
        assert switch() == "ieee"
        with convolution_precision("bf16", GPU):
            assert switch() == "ieee"
        assert switch() == "ieee"
    assert switch() == before
    with convolution_precision("tf32", GPU):
        assert switch() == "tf32"
    with convolution_precision("float32", ("cpu",)):
        assert switch() == before
    with pytest.raises(KeyError), convolution_precision("float32", GPU):
        raise KeyError
    assert switch() == before


@pytest.mark.skipif(not hasattr(torch.backends.cudnn, "conv"), reason="an older torch has another switch")
def test_who_wants_it_otherwise_waits() -> None:
    before, seen = switch(), []

    def work(precision: str) -> None:
        for _ in range(20):
            with convolution_precision(precision, GPU):
                time.sleep(0.0005)
                seen.append((precision, switch()))

    threads = [threading.Thread(target=work, args=(precision,)) for precision in ("float32", "tf32") * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(seen) == {("float32", "ieee"), ("tf32", "tf32")}
    assert len(seen) == 80
    assert switch() == before


def test_names_of_devices() -> None:
    assert resolve_devices(("cpu", "cpu"), "bf16") == ("cpu", "cpu")
    expected = "cuda:0" if torch.cuda.is_available() else "cpu"
    assert resolve_devices(("auto",), "float32") == (expected,)
    assert is_cpu("cpu")
    assert is_cpu("cpu:0")
    assert not is_cpu("cuda:0")
    assert 1 <= default_workers() <= 16
