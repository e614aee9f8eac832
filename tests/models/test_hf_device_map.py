"""Models over several devices: what is asked of transformers, and what is said where accelerate is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from evalsuite.errors import DependencyError, ModelError
from evalsuite.models import hf
from evalsuite.models.spec import open_model
from evalsuite.types import GenerationConfig, Request

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

transformers: Any = pytest.importorskip("transformers")


@pytest.fixture(scope="module")
def gpt2(build_hf: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_hf(tmp_path_factory.mktemp("device_map") / "gpt2")


@pytest.fixture
def accelerate(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    """Make it seem that accelerate is there, or that it is not."""
    return lambda there: monkeypatch.setattr(
        hf, "find_spec", lambda name: object() if there or name != "accelerate" else None
    )


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Load onto the processor whatever the device map, and return what transformers was called with."""
    calls: list[dict[str, Any]] = []
    load = transformers.AutoModelForCausalLM.from_pretrained

    def from_pretrained(folder: Path, **arguments: Any) -> Any:
        calls.append(dict(arguments))
        network, report = load(folder, **{key: arguments[key] for key in arguments if key != "device_map"})
        moved = network.to
        network.to = lambda *to: calls.append({"to": to}) or moved(*to)
        return network, report

    monkeypatch.setattr(transformers.AutoModelForCausalLM, "from_pretrained", from_pretrained)
    return calls


def test_a_missing_package_is_named(gpt2: Path, accelerate: Callable[[bool], None]) -> None:
    accelerate(False)
    with pytest.raises(
        DependencyError, match=r"^hf:.*: device_map=auto needs the package accelerate: pip install accelerate$"
    ):
        open_model(f"hf:{gpt2},device_map=auto")
    open_model(f"hf:{gpt2},device_map=none")


@pytest.mark.parametrize("device_map", ["auto", "balanced"])
def test_the_map_is_passed_on_and_nothing_is_moved(
    gpt2: Path,
    ask: Callable[..., Request],
    accelerate: Callable[[bool], None],
    loads: list[dict[str, Any]],
    device_map: str,
) -> None:
    accelerate(True)
    model = open_model(f"hf:{gpt2},device_map={device_map}")
    outputs = model.generate([ask("a")], GenerationConfig(max_new_tokens=4))
    (arguments,) = loads
    assert arguments["device_map"] == device_map
    assert arguments["use_safetensors"] is True
    assert arguments["local_files_only"] is True
    assert arguments["trust_remote_code"] is False
    assert model.device == "cpu"
    loads.clear()
    plain = open_model(f"hf:{gpt2}", device="cpu")
    assert plain.generate([ask("a")], GenerationConfig(max_new_tokens=4)) == outputs
    assert "device_map" not in loads[0]
    assert loads[1] == {"to": ("cpu",)}
    assert plain.fingerprint == model.fingerprint


def test_a_device_and_a_map_contradict_each_other(gpt2: Path, accelerate: Callable[[bool], None]) -> None:
    accelerate(True)
    with pytest.raises(ModelError, match=r'device_map=auto chooses the devices itself, and the device "cuda:1" was'):
        open_model(f"hf:{gpt2},device_map=auto", device="cuda:1")


def test_other_maps_are_refused(gpt2: Path) -> None:
    with pytest.raises(ModelError, match=r'option "device_map" must be one of none, auto, .*; got "cuda:0"'):
        open_model(f"hf:{gpt2},device_map=cuda:0")
