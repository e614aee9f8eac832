"""What a pipeline of diffusers takes and makes, read from its source: nothing of diffusers or torch is imported."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from evalsuite.errors import ModelError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["FRAMES", "PipelineInterface", "pipeline_modules", "read_interface", "scheduler_names"]

Kind = Literal["image", "video", "audio", "text", "unknown"]

# How the fields of what a pipeline returns are called, by what they hold.
_FIELDS: dict[str, Kind] = {
    "images": "image",
    "frames": "video",
    "videos": "video",
    "video": "video",
    "audios": "audio",
    "audio": "audio",
    "texts": "text",
}
_DEPTH = 8  # of inheritance
FRAMES = ("num_frames", "video_length", "frames")
"""How calls name the number of frames."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineInterface:
    """A class of pipelines.

    Parameters
    ----------
    name : str
    makes : {"image", "video", "audio", "text", "unknown"}
        What its call returns.
    field : str
        How that is called in what it returns.
    parameters : tuple of str
        Of its call.
    required : tuple of str
        Those of them without a default.
    scales_input : bool
        Whether it scales noise, and what its network reads, as some schedulers need.
    """

    name: str
    makes: Kind
    field: str
    parameters: tuple[str, ...]
    required: tuple[str, ...]
    scales_input: bool

    @property
    def needs_image(self) -> bool:
        """Whether there is nothing to draw without an image to begin with."""
        return "image" in self.required or {"image", "strength"} <= set(self.parameters)


def read_interface(name: str, where: str) -> PipelineInterface:
    """Find the class `name` among the pipelines of the installed diffusers.

    Raises
    ------
    ModelError
        If there is none of that name.
    """
    classes = [name]
    for _ in range(_DEPTH):
        found = _find_class(classes[-1])
        if found is None:
            break
        call = next(
            (node for node in found.body if isinstance(node, ast.FunctionDef) and node.name == "__call__"), None
        )
        if call is not None:
            return _interface(name, found, call)
        bases = [base.id for base in found.bases if isinstance(base, ast.Name) and base.id.endswith("Pipeline")]
        if not bases:
            break
        classes.append(bases[0])
    from importlib.metadata import version

    raise ModelError(
        f'{where}: diffusers {version("diffusers")} has no pipeline "{name}" that can be called'
        f"{did_you_mean(name, _pipeline_names())}"
    )


def pipeline_modules() -> frozenset[str]:
    """Return the names of the packages of pipelines, which may stand for the library of a component."""
    return frozenset(path.parent.name for path, _ in _sources("pipelines")) | {"deprecated"}


def scheduler_names() -> tuple[str, ...]:
    """Return the names of all schedulers of the installed diffusers, in order."""
    found = (
        re.findall(rb"^class (\w+)\([^)]*SchedulerMixin", text, re.MULTILINE) for _, text in _sources("schedulers")
    )
    return tuple(sorted({name.decode() for names in found for name in names}))


def _interface(name: str, found: ast.ClassDef, call: ast.FunctionDef) -> PipelineInterface:
    arguments = [*call.args.posonlyargs, *call.args.args][1:]
    names = [argument.arg for argument in arguments]
    required = names[: len(names) - len(call.args.defaults)]
    keyword = call.args.kwonlyargs
    required += [one.arg for one, default in zip(keyword, call.args.kw_defaults, strict=True) if default is None]
    attributes = {node.attr for node in ast.walk(found) if isinstance(node, ast.Attribute)}
    begins = "init_noise_sigma" in attributes or "strength" in names  # the latter adds noise to an image
    field = _field(call)
    return PipelineInterface(
        name=name,
        makes=_FIELDS.get(field, "unknown"),
        field=field,
        parameters=(*names, *(one.arg for one in keyword)),
        required=tuple(required),
        scales_input="scale_model_input" in attributes and begins,
    )


def _field(call: ast.FunctionDef) -> str:
    """Return the field of what a call returns that says what it makes; empty where none does."""
    fields: set[str] = set()
    for node in ast.walk(call):
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Call):
            made = node.value
            fields |= {keyword.arg for keyword in made.keywords if keyword.arg}
            if isinstance(made.func, ast.Name) and made.func.id == "ImagePipelineOutput":
                fields.add("images")
    return next((field for field in _FIELDS if field in fields), "")


def _find_class(name: str) -> ast.ClassDef | None:
    if not name.isidentifier():
        return None
    marks = (f"class {name}(".encode(), f"class {name}:".encode())
    for _, text in _sources("pipelines"):
        if any(mark in text for mark in marks):
            for node in ast.parse(text).body:
                if isinstance(node, ast.ClassDef) and node.name == name:
                    return node
    return None


def _pipeline_names() -> Iterator[str]:
    for _, text in _sources("pipelines"):
        yield from (name.decode() for name in re.findall(rb"^class (\w+Pipeline)\b", text, re.MULTILINE))


@cache
def _sources(part: str) -> tuple[tuple[Path, bytes], ...]:
    spec = find_spec("diffusers")
    folders = [] if spec is None else list(spec.submodule_search_locations or ())
    files = (path for folder in folders for path in sorted((Path(folder) / part).rglob("*.py")))
    prefix = "pipeline" if part == "pipelines" else "scheduling"
    return tuple((path, path.read_bytes()) for path in files if path.name.startswith(prefix))
