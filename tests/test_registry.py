"""Names of metrics, models and what plugins add."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import EntryPoint
from typing import TYPE_CHECKING

import pytest

from evalsuite.errors import UsageError
from evalsuite.registry import Entry, Registry

if TYPE_CHECKING:
    from pathlib import Path


def make(builtin: dict[str, Entry] | None = None) -> Registry[object]:
    return Registry("metric", "evalsuite.testing", builtin or {"decoder": Entry("json:JSONDecoder", "Decodes.")})


@pytest.fixture
def plugins(monkeypatch: pytest.MonkeyPatch) -> list[EntryPoint]:
    points: list[EntryPoint] = []
    monkeypatch.setattr("evalsuite.registry._plugin_points", lambda: tuple(points))
    return points


def point(name: str, value: str) -> EntryPoint:
    return EntryPoint(name=name, value=value, group="evalsuite.testing")


def test_a_thing_is_imported_when_it_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "lazily_imported.py").write_text("thing = 7\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    registry = make({"a": Entry("lazily_imported:thing", "A thing.")})
    assert registry.names() == ["a"]
    assert registry.summary("a") == "A thing."
    assert "lazily_imported" not in sys.modules
    assert registry.get("a") == 7
    del sys.modules["lazily_imported"]


def test_unknown_names_have_the_closest_known_one() -> None:
    with pytest.raises(UsageError) as raised:
        make().get("decodr")
    assert str(raised.value) == 'unknown metric "decodr"; did you mean "decoder"? See "evalsuite list metrics".'
    with pytest.raises(UsageError) as raised:
        make().summary("zzz")
    assert str(raised.value) == 'unknown metric "zzz". See "evalsuite list metrics".'


def test_names_are_added_once() -> None:
    registry = make()
    registry.register("b", 3, "Three.")
    assert (registry.names(), registry.get("b"), registry.summary("b")) == (["b", "decoder"], 3, "Three.")
    for name in ("b", "decoder"):
        with pytest.raises(UsageError, match=f'metric "{name}" is already registered'):
            registry.register(name, 4, "")


def test_plugins_add_names_and_take_none(plugins: list[EntryPoint]) -> None:
    plugins += [point("encoder", "json:JSONEncoder"), point("decoder", "json:JSONEncoder")]
    registry = make()
    assert registry.names() == ["decoder", "encoder"]
    assert registry.get("encoder").__name__ == "JSONEncoder"  # type: ignore[attr-defined]
    assert registry.get("decoder").__name__ == "JSONDecoder"  # type: ignore[attr-defined]
    assert registry.summary("encoder") == "from the package json"


@pytest.mark.parametrize("value", ["no_such_module:x", "json:no_such_thing", "json"])
def test_a_plugin_that_is_broken_is_named(plugins: list[EntryPoint], value: str) -> None:
    plugins.append(point("broken", value))
    registry = make()
    assert registry.names() == ["broken", "decoder"]
    with pytest.raises(UsageError, match='metric "broken" comes from a plugin that cannot be imported'):
        registry.get("broken")


def test_plugins_of_packages_on_the_path_are_found_and_without_any_no_metadata_is_read(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom evalsuite.registry import plugin_points\n"
        "print([(p.group, p.name) for p in plugin_points('evalsuite.tasks')], 'importlib.metadata' in sys.modules)"
    )
    for kind, folder in (("tools-1.dist-info", ""), ("tools.egg-info", ""), ("tools-1-py3.11.egg", "EGG-INFO")):
        place = tmp_path / kind / kind / folder
        place.mkdir(parents=True)
        (place / "entry_points.txt").write_text("[console_scripts]\na = b:c\n\n[evalsuite.tasks]\nmine = tools.mine\n")
        (place / ("PKG-INFO" if "egg" in kind else "METADATA")).write_text("Name: tools\nVersion: 1\n")
        path = f"sys.path = ['{tmp_path / kind}' + '/{kind}' * {kind.endswith('.egg')}, *sys.path]\n"
        found = subprocess.run([sys.executable, "-c", f"import sys\n{path}{code}"], capture_output=True, text=True)
        assert found.stdout == "[('evalsuite.tasks', 'mine')] True\n", found.stderr
    without = "sys.path[:] = [p for p in sys.path if 'site-packages' not in p]"
    none = f"import sys\nimport evalsuite.registry\n{without}\n{code}"
    found = subprocess.run([sys.executable, "-c", none], capture_output=True, text=True)
    assert found.stdout == "[] False\n", found.stderr
