"""Public names: listed, sorted, importable, and what the documentation shows of them is true."""

from __future__ import annotations

import ast
import doctest
import importlib
import inspect
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import evalsuite
import evalsuite.images
import evalsuite.text

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(evalsuite.__file__).parent
PATHS = sorted(path for path in ROOT.rglob("*.py") if "tasks" not in path.relative_to(ROOT).parts)
MODULES = [
    ".".join(("evalsuite", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__")
    for path in PATHS
    if path.name != "__main__.py"
]


def test_the_public_names() -> None:
    assert evalsuite.__all__ == sorted(evalsuite.__all__)
    for name in evalsuite.__all__:
        assert getattr(evalsuite, name) is not None
    assert set(evalsuite.__all__) <= set(dir(evalsuite))
    with pytest.raises(AttributeError, match="module 'evalsuite' has no attribute 'evalute'"):
        evalsuite.evalute  # type: ignore[attr-defined]  # noqa: B018


@pytest.mark.parametrize("package", [evalsuite, evalsuite.images, evalsuite.text], ids=lambda one: str(one.__name__))
def test_type_checkers_see_what_is_imported_when_it_is_used(package: ModuleType) -> None:
    (block,) = [node for node in ast.parse(inspect.getsource(package)).body if isinstance(node, ast.If)]
    seen = {alias.name: node.module for node in block.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert seen.keys() == set(package.__all__) - {"__version__"}
    for name, module in seen.items():
        assert getattr(package, name) is getattr(importlib.import_module(str(module)), name)


def rank(name: str) -> tuple[int, str]:
    """Return the place of a name as ruff sorts them: constants, then classes, then the rest."""
    return (0 if name.isupper() else 1 if name.lstrip("_")[:1].isupper() else 2, name)


@pytest.mark.parametrize("name", MODULES)
def test_a_module_lists_its_public_names(name: str) -> None:
    module = importlib.import_module(name)
    assert isinstance(module.__all__, list)
    assert module.__all__ in (sorted(module.__all__), sorted(module.__all__, key=rank))
    assert len(set(module.__all__)) == len(module.__all__)
    for public in module.__all__:
        assert getattr(module, public) is not None
        assert not public.startswith("_") or public == "__version__"


@pytest.mark.parametrize("path", PATHS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_has_a_docstring(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text("utf-8")))


@pytest.mark.parametrize("name", MODULES)
def test_examples_are_true(name: str) -> None:
    module = importlib.import_module(name)
    if name == "evalsuite.answers" or ">>>" in Path(str(module.__file__)).read_text("utf-8"):
        failed, _ = doctest.testmod(module, optionflags=doctest.NORMALIZE_WHITESPACE)
        assert failed == 0
