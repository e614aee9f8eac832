"""Modules import from lower layers only, and heavy packages only where they are needed."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import evalsuite

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(evalsuite.__file__).parent
LAYERS = (
    {"types", "errors"},
    {
        "registry",
        "rng",
        "kernels",
        "runlog",
        "stats",
        "text",
        "answers",
        "worlds",
        "extractors",
        "environment",
        "media",
        "datasets",
        "figures",
        "distances",
        "weights",
        "checkpoints",
        "feature_stats",
        "compositional",
        "images",
        "horizon",
        "likelihood",
        "resources",
    },
    {"task", "metrics", "models", "zoo"},
    {"runner", "answering", "executors", "scoring", "adaptive"},
    {"report", "interop", "trackers"},
    {"evaluation", "honesty", "doctor", "cli", "__init__", "__main__"},
)
LAYER = {name: number for number, names in enumerate(LAYERS) for name in names}
MODULES = sorted(path for path in ROOT.rglob("*.py") if "tasks" not in path.relative_to(ROOT).parts)
LAZY = {
    "aiohttp",
    "torch",
    "transformers",
    "rich",
    "sacrebleu",
    "jsonschema",
    "safetensors",
    "rouge_score",
    "tokenizers",
    "jinja2",
    "PIL",
    "plotly",
    "nltk",
    "imagecodecs",
    "math_verify",
    "pyarrow",
    "simplejpeg",
    "sympy",
    "timm",
    "torchvision",
    "mlflow",
    "pynvml",
    "tensorboard",
    "wandb",
}
# Networks subclass torch's; nothing imports these files when it is imported itself but others of them.
TORCH_AT_TOP = {
    "extractors/convnet.py",
    "extractors/inception_network.py",
    "extractors/train.py",
    "images/lpips_network.py",
    *(
        f"zoo/{name}.py"
        for name in ("decoding", "likelihood", "networks", "recurrent", "steps", "train", "transformer")
    ),
    *(f"zoo/images/{name}.py" for name in ("autoencoder", "autoregressive", "diffusion", "gan", "networks")),
    *(f"zoo/images/{name}.py" for name in ("train", "unet", "vae")),
    *(f"zoo/images/train_{name}.py" for name in ("autoregressive", "diffusion", "once")),
}


def imports(path: Path) -> Iterator[tuple[str, bool, bool]]:
    """Yield each import's full name, whether it is at the top level, and whether it is for type checking only."""

    def walk(node: ast.AST, top: bool, typing: bool) -> Iterator[tuple[str, bool, bool]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Import):
                yield from ((alias.name, top, typing) for alias in child.names)
            elif isinstance(child, ast.ImportFrom):
                assert child.level == 0, f"{path}: relative import"
                assert child.module is not None
                yield child.module, top, typing
                yield from ((f"{child.module}.{alias.name}", top, typing) for alias in child.names)
            elif isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
                yield from walk(child, False, typing)
            elif isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test):
                yield from walk(child, top, True)
            else:
                yield from walk(child, top, typing)

    yield from walk(ast.parse(path.read_text("utf-8")), True, False)


def part(path: Path) -> str:
    """Return the part of the package a file belongs to: ``metrics`` for ``metrics/bleu.py``."""
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def own_parts(path: Path) -> set[str]:
    """Return the parts of the package that a file imports, type checking included."""
    names = [name.split(".") for name, _, _ in imports(path)]
    return {name[1] for name in names if name[0] == "evalsuite" and len(name) > 1 and name[1] in LAYER}


def test_every_module_has_a_layer() -> None:
    assert {part(path) for path in MODULES} <= set(LAYER)
    assert len(MODULES) > 60


def test_the_table_for_contributors_is_the_same() -> None:
    text = (Path(__file__).parents[1] / "CONTRIBUTING.md").read_text("utf-8")
    rows = re.findall(r"(?m)^\| (\d) \| (.*) \|$", text)
    assert [int(number) for number, _ in rows] == list(range(len(LAYERS)))
    for names, (_, cell) in zip(LAYERS, rows, strict=True):
        assert set(re.findall(r"`(\w+)`", cell)) == names - {"__main__"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_it_imports_from_lower_layers_only(path: Path) -> None:
    mine = part(path)
    for other in own_parts(path) - {mine}:
        allowed = LAYER[other] < LAYER[mine] or (LAYER[mine] == LAYER[other] != 2)
        assert allowed, f"{path}: {mine} (layer {LAYER[mine]}) imports {other} (layer {LAYER[other]})"


def test_layers_with_several_parts_have_no_cycles() -> None:
    above: dict[str, set[str]] = {}
    for path in MODULES:
        above.setdefault(part(path), set()).update(
            other for other in own_parts(path) if other != part(path) and LAYER[other] == LAYER[part(path)]
        )
    for name in above:
        reached, todo = set(), list(above[name])
        while todo:
            other = todo.pop()
            if other not in reached:
                reached.add(other)
                todo += above.get(other, ())
        assert name not in reached or LAYER[name] == len(LAYERS) - 1, f"{name} imports itself by way of {reached}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_heavy_packages_are_imported_inside_functions(path: Path) -> None:
    where = str(path.relative_to(ROOT))
    for name, top, typing in imports(path):
        package = name.split(".")[0]
        allowed = package not in LAZY or not top or typing or (package == "torch" and where in TORCH_AT_TOP)
        assert allowed, f"{where} imports {name} when it is imported"


def test_only_the_kernels_import_the_extension() -> None:
    importers = {part(path) for path in MODULES for name, _, _ in imports(path) if "_rust" in name.split(".")}
    assert importers == {"kernels"}


def test_networks_with_torch_are_imported_by_one_another_alone() -> None:
    modules = {"evalsuite." + name.removesuffix(".py").replace("/", ".") for name in TORCH_AT_TOP}
    for path in MODULES:
        for name, top, typing in imports(path):
            if name in modules and top and not typing:
                assert str(path.relative_to(ROOT)) in TORCH_AT_TOP
