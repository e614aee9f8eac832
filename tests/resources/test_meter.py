"""What is measured of a stretch of work: time, memory of the process, and devices by a driver that is made up."""

from __future__ import annotations

import sys
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from evalsuite.resources import UsageMeter, memory
from evalsuite.resources.nvml import NvmlDevices, NvmlUnavailableError
from evalsuite.resources.sampler import Sampler

if TYPE_CHECKING:
    from pathlib import Path


class Driver:
    """Stands in for pynvml: two devices whose energy and power are what the test says."""

    class NVMLError(Exception):
        pass

    def __init__(self) -> None:
        self.millijoules: list[int] | None = [5_000, 70_000]
        self.milliwatts = 100_000
        self.used = [3 << 30, 1 << 20]
        self.open = 0
        self.asked: list[object] = []

    def nvmlInit(self) -> None:  # noqa: N802
        self.open += 1

    def nvmlShutdown(self) -> None:  # noqa: N802
        self.open -= 1

    def nvmlDeviceGetHandleByIndex(self, index: int) -> int:  # noqa: N802
        self.asked.append(index)
        return (0, 1)[index]

    def nvmlDeviceGetHandleByUUID(self, uuid: str) -> int:  # noqa: N802
        self.asked.append(uuid)
        return 1

    def nvmlDeviceGetTotalEnergyConsumption(self, handle: int) -> int:  # noqa: N802
        if self.millijoules is None:
            raise self.NVMLError("Not Supported")
        return self.millijoules[handle]

    def nvmlDeviceGetPowerUsage(self, handle: int) -> int:  # noqa: N802
        return self.milliwatts

    def nvmlDeviceGetMemoryInfo(self, handle: int) -> Any:  # noqa: N802
        return SimpleNamespace(used=self.used[handle])


@pytest.fixture
def driver(monkeypatch: pytest.MonkeyPatch) -> Driver:
    made = Driver()
    monkeypatch.setitem(sys.modules, "pynvml", made)  # type: ignore[arg-type]
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    return made


def test_the_made_up_driver_has_the_functions_of_the_real_one() -> None:
    pynvml = pytest.importorskip("pynvml")
    names = [name for name in vars(Driver) if name.startswith("nvml")]
    assert len(names) == 7
    for name in names:
        assert callable(getattr(pynvml, name)), name
    assert issubclass(pynvml.NVMLError, Exception)
    assert [name for name, _ in pynvml.c_nvmlMemory_t._fields_] == ["total", "free", "used"]


def test_time_and_memory_of_the_process() -> None:
    with UsageMeter("cpu") as meter:
        time.sleep(0.05)
        held = np.ones(30 << 17)  # 30 MiB, touched
        del held
    usage = meter.usage()
    assert usage["seconds"] >= 0.05
    assert set(usage) == {"seconds", "peak_rss_bytes", "peak_rss_since"}
    assert usage["peak_rss_bytes"] > 30 << 20


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux forgets a peak")
def test_a_peak_is_of_its_own_session() -> None:
    def peak(mebibytes: int) -> Any:
        with UsageMeter("cpu") as meter:
            held = np.ones(mebibytes << 17)
            del held
        assert meter.usage()["peak_rss_since"] == "session"
        return meter.usage()["peak_rss_bytes"]

    large, small = peak(200), peak(1)
    assert 150 << 20 < large - small < 250 << 20


def test_where_a_peak_cannot_be_forgotten_it_is_of_the_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_CLEAR", tmp_path / "none" / "such")
    monkeypatch.setattr(memory, "_STATUS", tmp_path / "none")
    with UsageMeter("cpu") as meter:
        pass
    assert meter.usage()["peak_rss_since"] == "process"
    assert meter.usage()["peak_rss_bytes"] > 10 << 20


def test_energy_is_the_difference_of_the_counters_of_the_devices(driver: Driver) -> None:
    with UsageMeter("cuda, cuda:1,cuda:1") as meter:
        assert driver.millijoules is not None
        driver.millijoules[0] += 1_500
        driver.millijoules[1] += 250
        driver.used[0] += 1 << 30
    usage = meter.usage()
    assert (usage["energy_joules"], usage["energy_by"], usage["n_devices"]) == (1.75, "counter", 2)
    assert (usage["device_memory_bytes"], usage["device_memory_by"]) == ((4 << 30) + (1 << 20), "nvml")
    assert driver.open == 0
    assert driver.asked == [0, 1]


def test_without_a_counter_power_is_integrated(driver: Driver) -> None:
    driver.millijoules = None
    with UsageMeter("cuda:0") as meter:
        time.sleep(0.25)
    usage = meter.usage()
    assert usage["energy_by"] == "power"
    assert usage["energy_joules"] == pytest.approx(100 * usage["seconds"], rel=0.1)


def test_the_trapezoidal_rule_and_the_greatest_reading() -> None:
    readings = iter([(0.0, 10.0), (2.0, 30.0), (3.0, 20.0)])
    now = 0.0

    def read() -> float:
        nonlocal now
        now, value = next(readings)
        return value

    sampler = Sampler(read, seconds=1000, clock=lambda: now)
    sampler._take()
    sampler.finish()
    assert (sampler.integral, sampler.most) == (2 * 20 + 25, 30.0)


def test_a_reading_that_fails_costs_the_figure_alone(driver: Driver) -> None:
    driver.millijoules = None
    with UsageMeter("cuda:0") as meter:
        driver.nvmlDeviceGetPowerUsage = lambda handle: 1 / 0  # type: ignore[method-assign]
    usage = meter.usage()
    assert usage["energy_missing"] == "NVML's readings failed"
    assert "energy_joules" not in usage


def test_a_counter_that_began_anew_is_no_energy(driver: Driver) -> None:
    with UsageMeter("cuda:0") as meter:
        driver.millijoules = [3, 3]
    assert meter.usage()["energy_missing"] == "the device's counter of energy began anew"


@pytest.mark.parametrize(
    ("shown", "asked"), [("", 1), ("3,0", 0), ("GPU-a,GPU-b", "GPU-b"), ("1", NvmlUnavailableError)]
)
def test_devices_are_those_that_cuda_shows(
    driver: Driver, monkeypatch: pytest.MonkeyPatch, shown: str, asked: Any
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", shown)
    if asked is NvmlUnavailableError:
        with pytest.raises(NvmlUnavailableError, match="not found by NVML"):
            NvmlDevices(["cuda:1"])
    else:
        NvmlDevices(["cuda:1"]).close()
        assert driver.asked == [asked]
    assert driver.open == 0


def test_a_device_of_torch_is_asked_for_by_its_name(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    held = {"cuda:0": 7, "cuda:1": 5}
    cuda = SimpleNamespace(
        is_initialized=lambda: True,
        get_device_properties=lambda index: SimpleNamespace(uuid=f"uuid-{index}"),
        reset_peak_memory_stats=held.get,
        max_memory_allocated=held.__getitem__,
    )
    monkeypatch.setitem(sys.modules, "torch", SimpleNamespace(cuda=cuda))  # type: ignore[arg-type]
    with UsageMeter("cuda:0,cuda:1") as meter:
        pass
    assert driver.asked == ["GPU-uuid-0", "GPU-uuid-1"]
    assert (meter.usage()["device_memory_bytes"], meter.usage()["device_memory_by"]) == (12, "torch")


def test_without_the_package_or_the_driver_the_reason_is_said(monkeypatch: pytest.MonkeyPatch, driver: Driver) -> None:
    def refuse() -> None:
        raise driver.NVMLError("Driver Not Loaded")

    driver.nvmlInit = refuse  # type: ignore[method-assign]
    with UsageMeter("cuda") as meter:
        pass
    assert meter.usage()["energy_missing"] == "NVML says: Driver Not Loaded"
    monkeypatch.setitem(sys.modules, "pynvml", None)
    with UsageMeter("cuda") as meter:
        pass
    assert "pip install 'evalsuite[nvml]'" in str(meter.usage()["energy_missing"])


@pytest.mark.gpu
def test_on_a_device() -> None:
    import torch

    if not torch.cuda.is_available():
        pytest.skip("needs a CUDA device")
    matrix = torch.rand(4096, 4096, device="cuda")
    torch.cuda.synchronize()
    with UsageMeter("cuda") as meter:
        for _ in range(200):
            matrix = (matrix @ matrix).clamp(0, 1)
        torch.cuda.synchronize()
        time.sleep(0.5)
    usage = meter.usage()
    assert usage["device_memory_by"] == "torch"
    assert usage["device_memory_bytes"] >= 3 * 4 * 4096**2
    assert usage["energy_joules"] > 0 or usage["energy_missing"]
